/** The node's own answer as HTTP/1.1 text. */
import { phraseOf, type Reply } from '../reply/reply.ts';

/** @param close whether the connection ends behind it */
export function writeReply({ status, fields, body }: Reply, close: boolean): string {
  let text = `HTTP/1.1 ${status} ${phraseOf(status)}\r\n`;
  for (const [name, value] of fields) text += `${name}: ${value}\r\n`;
  const persistence = close ? 'close' : 'keep-alive';
  // RFC 9110 §15.5.22: the answer names what to upgrade to.
  text +=
    status === 426
      ? `Upgrade: websocket\r\nConnection: ${persistence}, Upgrade\r\n\r\n`
      : `Connection: ${persistence}\r\n\r\n`;
  return text + body;
}

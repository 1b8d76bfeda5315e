/** The proof that an origin has understood a WebSocket handshake (RFC 6455 §4.2.2). */
import { createHash } from 'node:crypto';

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** The value that Sec-WebSocket-Accept must have for a key. */
export function webSocketAccept(key: string): string {
  return createHash('sha1')
    .update(key + GUID)
    .digest('base64');
}

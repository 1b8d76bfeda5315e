/**
 * The head of an origin's response as the client gets it, with this hop's own framing and persistence.
 */
import { copyFields } from './copy-fields.ts';
import * as kind from './field-names.ts';
import type { HeaderEdits } from './header-edits.ts';
import { nominatedNames, RESPONSE_DROPPED } from './hop-by-hop.ts';
import type { ResponseHead } from './response-head.ts';

const DROPPED_WITH_LENGTH = withLength();

/**
 * The response head for the client, with the empty line.
 *
 * @param chunked the body is sent with the chunked coding
 * @param close the connection closes behind this response
 * @param clientMinorVersion 0 for HTTP/1.0, which must be told when a connection stays open
 * @param edits changes that the operator wants, or null
 */
export function writeResponseHead(
  head: ResponseHead,
  chunked: boolean,
  close: boolean,
  clientMinorVersion: number,
  edits: HeaderEdits | null = null,
): string {
  const fields = head.fields;
  const nominated = head.hasConnectionOptions ? nominatedNames(fields) : null;
  const bare = head.status < 200 || head.status === 204;
  let text = `HTTP/1.1 ${fields.text.slice(STATUS_START, fields.start)}`;
  if (fields.text.charCodeAt(REASON_START - 1) !== 0x20) text = `HTTP/1.1 ${head.status} \r\n`;
  text += copyFields(fields, DROPPED_WITH_LENGTH, nominated, edits);
  if (head.contentLength >= 0 && !bare) text += `Content-Length: ${head.contentLength}\r\n`;
  if (chunked) text += 'Transfer-Encoding: chunked\r\n';
  if (close) text += 'Connection: close\r\n';
  else if (clientMinorVersion === 0) text += 'Connection: keep-alive\r\n';
  return `${text}\r\n`;
}

/** The head by which the client hears that its WebSocket is open (RFC 6455 section 4.2.2). */
export function writeSwitchingHead({ fields, hasConnectionOptions }: ResponseHead): string {
  const nominated = hasConnectionOptions ? nominatedNames(fields) : null;
  return `${SWITCHING_PROTOCOLS}${copyFields(fields, DROPPED_WITH_LENGTH, nominated)}\r\n`;
}

const SWITCHING_PROTOCOLS =
  'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n';

/** Where the status code and the reason phrase begin in `HTTP/1.1 200 OK`. */
const STATUS_START = 9;
const REASON_START = 13;

function withLength(): Uint8Array {
  const set = RESPONSE_DROPPED.slice();
  set[kind.CONTENT_LENGTH] = 1;
  return set;
}

/**
 * Heads as field blocks (RFC 9113 section 8): octets are copied from where they were read, with names in lower case.
 *
 * Each function writes one whole block; afterwards it is `encoder.bytes[0, encoder.length)`.
 */
import type { FieldBlock } from '../field-block.ts';
import * as kind from '../field-names.ts';
import { classifyFieldName } from '../field-names.ts';
import { editedName, type HeaderEdits } from '../header-edits.ts';
import { isNominated, nominatedNames, RESPONSE_DROPPED } from '../hop-by-hop.ts';
import type { HpackEncoder } from '../hpack/encoder.ts';
import {
  AUTHORITY,
  CONTENT_LENGTH,
  METHOD_GET,
  METHOD_POST,
  PATH,
  SCHEME_HTTP,
  SCHEME_HTTPS,
} from '../hpack/static-table.ts';
import { COLON, CR } from '../octets.ts';
import type { ResponseHead } from '../response-head.ts';
import { isTrailerField } from './trailer-fields.ts';

/** What the functions here need of an encoder; HTTP/3 has another one. */
export type HeadWriter = Pick<HpackEncoder, 'begin' | 'status' | 'named' | 'field' | 'copy'>;

/**
 * An origin's response head (interim or final), without what ends at this hop (RFC 9113 section 8.2.2).
 *
 * @param edits changes that the operator wants, or null
 */
export function encodeResponseHead(
  encoder: HeadWriter,
  head: ResponseHead,
  edits: HeaderEdits | null = null,
): void {
  const { fields } = head;
  const { bytes, base, offsets, kinds, count } = fields;
  const nominated = head.hasConnectionOptions ? nominatedNames(fields) : null;
  encoder.begin();
  encoder.status(head.status);
  for (let i = 0; i < count; i++) {
    const found = kinds[i]!;
    if (RESPONSE_DROPPED[found] === 1 || found === kind.CONTENT_LENGTH) continue;
    // What accepts a handshake of HTTP/1.1 has no place here (RFC 8441 section 5).
    if (found === kind.SEC_WEBSOCKET_ACCEPT) continue;
    if (nominated !== null && isNominated(fields, i, nominated)) continue;
    if (edits?.dropped.has(editedName(fields.name(i))) === true) continue;
    encoder.copy(
      bytes,
      base + offsets[i * 4]!,
      base + offsets[i * 4 + 1]!,
      base + offsets[i * 4 + 2]!,
      base + offsets[i * 4 + 3]!,
    );
  }
  if (edits !== null) for (const { name, value } of edits.fields) encoder.field(name, value);
  const isBare = head.status < 200 || head.status === 204;
  if (head.contentLength >= 0 && !isBare) encoder.named(CONTENT_LENGTH, String(head.contentLength));
}

/** The node's own answer; names in lower case. */
export function encodeReplyHead(
  encoder: HeadWriter,
  status: number,
  fields: readonly (readonly [name: string, value: string])[],
): void {
  encoder.begin();
  encoder.status(status);
  for (const [name, value] of fields) encoder.field(name, value);
}

/** A trailer section; false where nothing of it is passed on, and no block was written. */
export function encodeTrailers(encoder: HeadWriter, trailers: FieldBlock): boolean {
  const { bytes, base, offsets, kinds, count } = trailers;
  let begun = false;
  for (let i = 0; i < count; i++) {
    const nameStart = base + offsets[i * 4]!;
    const nameEnd = base + offsets[i * 4 + 1]!;
    if (!isTrailerField(kinds[i]!, bytes, nameStart, nameEnd)) continue;
    if (!begun) encoder.begin();
    begun = true;
    encoder.copy(bytes, nameStart, nameEnd, base + offsets[i * 4 + 2]!, base + offsets[i * 4 + 3]!);
  }
  return begun;
}

/**
 * A request for the origin, from the HTTP/1.1 head that `writeRequestHead` wrote: of its one form, and with one Host.
 * What HTTP/1.1 says about the connection is left out.
 *
 * @param takesTrailers whether the client has said that it takes trailers, which the node passes on to it
 */
export function encodeRequestHead(
  encoder: HpackEncoder,
  head: string,
  scheme: 'http' | 'https',
  takesTrailers = false,
): void {
  const line = new RequestLine(head);
  encoder.begin();
  writeMethod(encoder, line.method);
  writePlace(encoder, line, scheme);
  eachLine(line, (found, nameStart, nameEnd, valueStart, valueEnd) => {
    if (found === kind.HOST || RESPONSE_DROPPED[found] === 1) return;
    encoder.copy(line.bytes, nameStart, nameEnd, valueStart, valueEnd);
  });
  if (takesTrailers) encoder.field('te', 'trailers');
}

/** A WebSocket handshake as an extended CONNECT, which has no key (RFC 8441 sections 4 and 5). */
export function encodeWebSocketHead(encoder: HpackEncoder, head: string, scheme: 'http' | 'https'): void {
  const line = new RequestLine(head);
  encoder.begin();
  encoder.named(METHOD_GET, 'CONNECT');
  encoder.field(':protocol', 'websocket');
  writePlace(encoder, line, scheme);
  eachLine(line, (found, nameStart, nameEnd, valueStart, valueEnd) => {
    if (found === kind.HOST || found === kind.SEC_WEBSOCKET_KEY || RESPONSE_DROPPED[found] === 1) return;
    encoder.copy(line.bytes, nameStart, nameEnd, valueStart, valueEnd);
  });
}

/** The parts of a request head as `writeRequestHead` writes it. */
class RequestLine {
  readonly text: string;
  readonly bytes: Buffer;
  readonly method: string;
  readonly target: string;
  /** Where the field lines begin. */
  readonly end: number;

  constructor(head: string) {
    const methodEnd = head.indexOf(' ');
    const targetEnd = head.indexOf(' ', methodEnd + 1);
    this.text = head;
    this.bytes = Buffer.from(head, 'latin1');
    this.method = head.slice(0, methodEnd);
    this.target = head.slice(methodEnd + 1, targetEnd);
    this.end = head.indexOf('\r', targetEnd) + 2;
  }
}

/** The pseudo-fields that say what is asked for. */
function writePlace(encoder: HpackEncoder, line: RequestLine, scheme: 'http' | 'https'): void {
  encoder.indexed(scheme === 'https' ? SCHEME_HTTPS : SCHEME_HTTP);
  encoder.named(PATH, line.target);
  eachLine(line, (found, _nameStart, _nameEnd, valueStart, valueEnd) => {
    // An empty Host says that there is no authority, of which there must be no word then (RFC 9113 section 8.3.1).
    if (found !== kind.HOST || valueStart === valueEnd) return;
    encoder.named(AUTHORITY, line.text.slice(valueStart, valueEnd));
  });
}

function writeMethod(encoder: HpackEncoder, method: string): void {
  if (method === 'GET') encoder.indexed(METHOD_GET);
  else if (method === 'POST') encoder.indexed(METHOD_POST);
  else encoder.named(METHOD_GET, method);
}

type VisitLine = (
  found: number,
  nameStart: number,
  nameEnd: number,
  valueStart: number,
  valueEnd: number,
) => void;

/** Calls `visit` for each line `name: value CRLF` up to the empty line. */
function eachLine({ bytes, end }: RequestLine, visit: VisitLine): void {
  let at = end;
  while (at < bytes.length && bytes[at] !== CR) {
    const nameEnd = bytes.indexOf(COLON, at);
    const valueEnd = bytes.indexOf(CR, nameEnd);
    if (nameEnd === -1 || valueEnd === -1) return;
    visit(classifyFieldName(bytes, at, nameEnd), at, nameEnd, nameEnd + 2, valueEnd);
    at = valueEnd + 2;
  }
}

/**
 * The head of an HTTP/1.1 request (RFC 9112 §3 to §6): octets in, one reading or a fault out.
 *
 * Whatever two parsers could read differently is refused: bare line ends, white space where none belongs,
 * repeated or odd framing fields, more than one Host. What passes is one unambiguous request.
 *
 * `parseRequestHead` may be called again with more octets after `NEED_MORE`; it goes on where it stopped, so
 * that a head in one-byte pieces costs time linear in its size.
 */

import { sliceLatin1 } from '../core/latin1.ts';
import {
  BAD_METHOD,
  BAD_REQUEST_LINE,
  BAD_TARGET,
  BAD_VERSION,
  BARE_LINE_END,
  NEED_MORE,
  TARGET_TOO_LONG,
  UNSUPPORTED_VERSION,
} from './faults.ts';
import { type FieldLimits, parseFields } from './field-block.ts';
import { CR, LF, SP, TARGET, TOKEN } from './octets.ts';
import type { RequestHead } from './request-head.ts';
import { readRequestSemantics } from './request-semantics.ts';

export interface RequestLimits extends FieldLimits {
  readonly targetBytesMax: number;
}

/** No method registered with IANA is longer than 18 octets; the limit keeps labels and logs small. */
export const METHOD_BYTES_MAX = 32;

/**
 * Reads one request head from `bytes[base, end)`. Returns the position behind the head, `NEED_MORE`, or a
 * fault. `base` must stay the head's first octet over repeated calls, though the array may be another one.
 */
export function parseRequestHead(
  bytes: Buffer,
  base: number,
  end: number,
  head: RequestHead,
  limits: RequestLimits,
): number {
  const fields = head.fields;
  if (head.resume === 0) {
    const lineEnd = parseRequestLine(bytes, base, end, head, limits.targetBytesMax);
    if (lineEnd < 0) return lineEnd;
    fields.start = lineEnd - base;
    head.resume = fields.start;
  }
  const position = parseFields(bytes, base + head.resume, end, base, fields, limits);
  head.resume = fields.end;
  if (position < 0) return position;
  fields.settle(bytes, base, position);
  const fault = readRequestSemantics(head);
  return fault < 0 ? fault : position;
}

/** Reads `method SP target SP HTTP/1.x CRLF`; the target's form is judged once the fields are known. */
function parseRequestLine(
  bytes: Buffer,
  base: number,
  end: number,
  head: RequestHead,
  targetBytesMax: number,
): number {
  let at = base;
  while (at < end && TOKEN[bytes[at]!] === 1) at++;
  if (at - base > METHOD_BYTES_MAX) return BAD_METHOD;
  if (at === end) return NEED_MORE;
  if (at === base || bytes[at] !== SP) return BAD_METHOD;
  const methodEnd = at;

  const targetStart = ++at;
  if (head.cutAt !== 0) at = base + head.cutAt;
  while (at < end && TARGET[bytes[at]!] === 1) at++;
  head.cutAt = at - base;
  if (at - targetStart > targetBytesMax) return TARGET_TOO_LONG;
  if (at === end) return NEED_MORE;
  if (at === targetStart) return BAD_REQUEST_LINE;
  if (bytes[at] !== SP) return bytes[at] === CR || bytes[at] === LF ? BAD_REQUEST_LINE : BAD_TARGET;
  const targetEnd = at;

  const lineEnd = parseVersion(bytes, at + 1, end, head);
  if (lineEnd === UNSUPPORTED_VERSION && isPreface(bytes, base, targetEnd)) return BAD_REQUEST_LINE;
  if (lineEnd < 0) return lineEnd;
  head.method = methodOf(bytes, base, methodEnd);
  head.target = sliceLatin1(bytes, targetStart, targetEnd);
  return lineEnd;
}

/** Octets of `HTTP/1.1` and of `HTTP/1.1 CRLF`. */
const VERSION_LENGTH = 8;
const VERSION_PREFIX = 'HTTP/';

function parseVersion(bytes: Buffer, start: number, end: number, head: RequestHead): number {
  const available = Math.min(end - start, VERSION_LENGTH);
  for (let i = 0; i < available; i++) {
    const octet = bytes[start + i]!;
    if (i < VERSION_PREFIX.length) {
      if (octet !== VERSION_PREFIX.charCodeAt(i)) return BAD_VERSION;
    } else if (i === 6) {
      if (octet !== 0x2e) return BAD_VERSION;
    } else if (octet < 0x30 || octet > 0x39) return BAD_VERSION;
  }
  if (available < VERSION_LENGTH) return NEED_MORE;
  if (bytes[start + 5] !== 0x31) return UNSUPPORTED_VERSION;
  head.minorVersion = bytes[start + 7] === 0x30 ? 0 : 1;
  if (head.minorVersion === 0) head.protocol = 'HTTP/1.0';
  const lineEnd = start + VERSION_LENGTH;
  if (lineEnd >= end) return NEED_MORE;
  if (bytes[lineEnd] !== CR) return bytes[lineEnd] === LF ? BARE_LINE_END : BAD_REQUEST_LINE;
  if (lineEnd + 1 >= end) return NEED_MORE;
  return bytes[lineEnd + 1] === LF ? lineEnd + 2 : BARE_LINE_END;
}

/** Whether the line begins like the HTTP/2 preface, which has no meaning on an HTTP/1.1 connection. */
function isPreface(bytes: Buffer, base: number, targetEnd: number): boolean {
  return targetEnd - base === 5 && sliceLatin1(bytes, base, targetEnd) === 'PRI *';
}

/** The common methods come as constants, without a new string for each request. */
export function methodOf(bytes: Buffer, start: number, end: number): string {
  const first = bytes[start];
  if (end - start === 3 && first === 0x47 && bytes[start + 1] === 0x45 && bytes[start + 2] === 0x54)
    return 'GET';
  if (end - start === 4 && first === 0x50 && bytes[start + 1] === 0x4f) {
    if (bytes[start + 2] === 0x53 && bytes[start + 3] === 0x54) return 'POST';
  }
  return sliceLatin1(bytes, start, end);
}

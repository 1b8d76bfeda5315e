/**
 * The head of an origin's response (RFC 9112 §4 to §6), read as strictly as a request.
 *
 * Any fault means that the origin's answer cannot be trusted to end where it seems to end: the client gets
 * 502 and the connection to the origin is closed.
 */

import {
  BAD_CONNECTION,
  BAD_CONTENT_LENGTH,
  BAD_STATUS_LINE,
  BAD_TRANSFER_ENCODING,
  CONFLICTING_FRAMING,
  NEED_MORE,
} from './faults.ts';
import { type FieldLimits, parseFields } from './field-block.ts';
import * as kind from './field-names.ts';
import { BODY_CHUNKED, BODY_LENGTH, BODY_NONE, BODY_UNTIL_CLOSE, readTransferEncoding } from './framing.ts';
import { CR, FIELD_VALUE, isToken, LF, SP } from './octets.ts';
import type { ResponseHead } from './response-head.ts';
import { trimOws } from './token-list.ts';

/** Octets of a status line; reason phrases are short. */
const STATUS_LINE_BYTES_MAX = 512;

/**
 * Reads one response head from `bytes[base, end)`, the answer to a request with `requestMethod`.
 * Returns the position behind the head, `NEED_MORE`, or a fault; may be called again as for requests.
 */
export function parseResponseHead(
  bytes: Buffer,
  base: number,
  end: number,
  head: ResponseHead,
  limits: FieldLimits,
  requestMethod: string,
): number {
  const fields = head.fields;
  if (head.resume === 0) {
    const lineEnd = parseStatusLine(bytes, base, end, head);
    if (lineEnd < 0) return lineEnd;
    fields.start = lineEnd - base;
    head.resume = fields.start;
  }
  const position = parseFields(bytes, base + head.resume, end, base, fields, limits);
  head.resume = fields.end;
  if (position < 0) return position;
  fields.settle(bytes, base, position);
  if (!fields.canonical) head.editable = false;
  const fault = readResponseSemantics(head, requestMethod);
  return fault < 0 ? fault : position;
}

/** Octets of `HTTP/1.1 200`. */
const STATUS_END = 12;
const VERSION_TEXT = 'HTTP/1.';

function parseStatusLine(bytes: Buffer, base: number, end: number, head: ResponseHead): number {
  const available = end - base;
  const prefix = Math.min(available, VERSION_TEXT.length);
  for (let i = 0; i < prefix; i++) {
    if (bytes[base + i] !== VERSION_TEXT.charCodeAt(i)) return BAD_STATUS_LINE;
  }
  if (available <= STATUS_END) return NEED_MORE;
  const minor = bytes[base + 7]! - 0x30;
  if (minor < 0 || minor > 9 || bytes[base + 8] !== SP) return BAD_STATUS_LINE;
  const a = bytes[base + 9]! - 0x30;
  const b = bytes[base + 10]! - 0x30;
  const c = bytes[base + 11]! - 0x30;
  if (a < 1 || a > 9 || b < 0 || b > 9 || c < 0 || c > 9) return BAD_STATUS_LINE;
  // A higher minor version is read as 1.1, and no other than 1.1 is written (RFC 9110 §2.5).
  head.minorVersion = minor === 0 ? 0 : 1;
  if (minor !== 1) head.editable = false;
  head.status = a * 100 + b * 10 + c;
  return parseReasonPhrase(bytes, base, end, head);
}

/** `SP *( HTAB / SP / VCHAR / obs-text ) CRLF`; the space may be missing where the phrase is (common, harmless). */
function parseReasonPhrase(bytes: Buffer, base: number, end: number, head: ResponseHead): number {
  let at = base + STATUS_END;
  if (bytes[at] === SP) at++;
  else head.editable = false;
  if (bytes[at - 1] !== SP && at < end && bytes[at] !== CR) return BAD_STATUS_LINE;
  while (at < end && FIELD_VALUE[bytes[at]!] === 1) at++;
  if (at - base > STATUS_LINE_BYTES_MAX) return BAD_STATUS_LINE;
  if (at + 1 >= end) return at < end && bytes[at] !== CR ? BAD_STATUS_LINE : NEED_MORE;
  return bytes[at] === CR && bytes[at + 1] === LF ? at + 2 : BAD_STATUS_LINE;
}

function readResponseSemantics(head: ResponseHead, requestMethod: string): number {
  const fields = head.fields;
  const kinds = fields.kinds;
  let lengthIndex = -1;
  let codingIndex = -1;
  let close = false;
  let persist = false;
  for (let i = 0; i < fields.count; i++) {
    switch (kinds[i]) {
      case kind.OTHER:
        break;
      case kind.CONTENT_LENGTH:
        if (lengthIndex !== -1) return BAD_CONTENT_LENGTH;
        lengthIndex = i;
        break;
      case kind.TRANSFER_ENCODING:
        if (codingIndex !== -1) return BAD_TRANSFER_ENCODING;
        codingIndex = i;
        head.editable = false;
        break;
      case kind.CONNECTION:
        if (fields.valueSpells(i, 'keep-alive')) persist = true;
        else if (fields.valueSpells(i, 'close')) close = true;
        else {
          const flags = readResponseConnection(fields.value(i), head);
          if (flags < 0) return BAD_CONNECTION;
          if ((flags & 1) !== 0) close = true;
          if ((flags & 2) !== 0) persist = true;
        }
        break;
    }
  }
  head.keepAlive = !close && (head.minorVersion === 1 || persist);
  return readResponseFraming(head, requestMethod, lengthIndex, codingIndex);
}

/** Flags: 1 close, 2 keep-alive; -1 where the list is malformed. */
function readResponseConnection(value: string, head: ResponseHead): number {
  let flags = 0;
  for (const part of value.split(',')) {
    const option = trimOws(part).toLowerCase();
    if (option === '') continue;
    if (!isToken(option)) return -1;
    if (option === 'close') flags |= 1;
    else if (option === 'keep-alive') flags |= 2;
    else if (option !== 'upgrade') {
      head.hasConnectionOptions = true;
      head.editable = false;
    }
  }
  return flags;
}

/** RFC 9112 §6.3, in its order. */
function readResponseFraming(
  head: ResponseHead,
  requestMethod: string,
  lengthIndex: number,
  codingIndex: number,
): number {
  if (codingIndex !== -1 && lengthIndex !== -1) return CONFLICTING_FRAMING;
  let length = -1;
  if (lengthIndex !== -1) {
    length = head.fields.valueAsLength(lengthIndex);
    if (length < 0) return BAD_CONTENT_LENGTH;
    if (head.fields.valueLength(lengthIndex) !== String(length).length) head.editable = false;
  }
  head.contentLength = length;
  const status = head.status;
  if (requestMethod === 'HEAD' || status < 200 || status === 204 || status === 304) {
    head.framing = BODY_NONE;
    // A length must not be said there at all (RFC 9110 §8.6), though some origins do.
    if (length >= 0 && (status < 200 || status === 204)) head.editable = false;
    return 0;
  }
  if (codingIndex !== -1) {
    if (head.minorVersion === 0) return BAD_TRANSFER_ENCODING;
    if (readTransferEncoding(head.fields.value(codingIndex)) < 0) return BAD_TRANSFER_ENCODING;
    head.framing = BODY_CHUNKED;
  } else if (length >= 0) {
    head.framing = length === 0 ? BODY_NONE : BODY_LENGTH;
  } else {
    head.framing = BODY_UNTIL_CLOSE;
    head.keepAlive = false;
    head.editable = false;
  }
  return 0;
}

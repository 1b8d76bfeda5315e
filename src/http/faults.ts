/**
 * What can be wrong with a message, as one closed list.
 *
 * The codec returns small negative numbers, so that parsing allocates nothing; `faultOf` gives the entry
 * behind a number. For a message of a client the entry names the reason of the refusal; a fault in an
 * origin's message always means `origin_invalid`, and only its name and text are used.
 */
import type { Reason } from '../core/reasons.ts';

export interface HttpFault {
  readonly name: string;
  readonly reason: Reason;
  readonly text: string;
}

/** Not a fault: the bytes so far are fine, but the element has not ended. */
export const NEED_MORE = -1;

export const BAD_REQUEST_LINE = -2;
export const BAD_METHOD = -3;
export const BAD_TARGET = -4;
export const BAD_VERSION = -5;
export const UNSUPPORTED_VERSION = -6;
export const BAD_FIELD_NAME = -7;
export const BAD_FIELD_VALUE = -8;
export const OBSOLETE_FOLD = -9;
export const BARE_LINE_END = -10;
export const TARGET_TOO_LONG = -11;
export const HEADER_TOO_LARGE = -12;
export const TOO_MANY_FIELDS = -13;
export const BAD_HOST = -14;
export const BAD_CONTENT_LENGTH = -15;
export const CONFLICTING_FRAMING = -16;
export const BAD_TRANSFER_ENCODING = -17;
export const UNKNOWN_TRANSFER_ENCODING = -18;
export const BAD_CONNECTION = -19;
export const BAD_CHUNK = -20;
export const TOO_MANY_CHUNKS = -21;
export const BAD_TRAILER = -22;
export const METHOD_NOT_SERVED = -23;
export const BODY_NOT_ALLOWED = -24;
export const BAD_EXPECTATION = -25;
export const BAD_UPGRADE = -26;
export const BAD_STATUS_LINE = -27;
export const UPGRADE_VERSION = -28;
export const BAD_PSEUDO_FIELD = -29;
export const CONNECTION_FIELD = -30;

const FAULTS: readonly HttpFault[] = [
  fault('request_line', 'bad_request', 'The request line is not METHOD SP TARGET SP VERSION.'),
  fault('method', 'bad_request', 'The method is not a token.'),
  fault('target', 'bad_request', 'The request target has none of the forms allowed.'),
  fault('version', 'bad_request', 'The protocol version is malformed.'),
  fault('unsupported_version', 'http_version', 'Only HTTP/1.0 and HTTP/1.1 are spoken here.'),
  fault('field_name', 'bad_request', 'A field name is not a token directly followed by a colon.'),
  fault('field_value', 'bad_request', 'A field value holds a control octet.'),
  fault('obsolete_fold', 'bad_request', 'A field line begins with white space.'),
  fault('bare_line_end', 'bad_request', 'A CR or LF stands alone instead of CRLF.'),
  fault('target_too_long', 'target_too_long', 'The request target is over its limit.'),
  fault('header_too_large', 'header_too_large', 'The header section is over its limit of octets.'),
  fault('too_many_fields', 'header_too_large', 'The header section has too many fields.'),
  fault('host', 'bad_request', 'Host is missing, repeated or not host[:port].'),
  fault('content_length', 'bad_request', 'Content-Length is not one plain number.'),
  fault('conflicting_framing', 'bad_request', 'The end of the body can be read in two ways.'),
  fault('transfer_encoding', 'bad_request', 'Transfer-Encoding is not exactly one "chunked".'),
  fault('unknown_transfer_encoding', 'not_implemented', 'The transfer coding is not known.'),
  fault('connection', 'bad_request', 'The Connection field is not a list of tokens.'),
  fault('chunk', 'bad_request', 'The chunked coding is malformed.'),
  fault('too_many_chunks', 'bad_request', 'The body comes in needlessly many chunks.'),
  fault('trailer', 'bad_request', 'The trailer section is malformed or over its limits.'),
  fault('method_not_served', 'method_not_allowed', 'CONNECT and TRACE are not served here.'),
  fault('body_not_allowed', 'bad_request', 'This request must not have a body.'),
  fault('expectation', 'expectation_failed', 'The only known expectation is 100-continue.'),
  fault('upgrade', 'bad_request', 'The WebSocket handshake is malformed.'),
  fault('status_line', 'bad_request', 'The status line is malformed.'),
  fault('upgrade_version', 'upgrade_required', 'Only version 13 of WebSocket is spoken.'),
  fault(
    'pseudo_field',
    'bad_request',
    'A pseudo-field is missing, repeated, unknown, malformed or out of place.',
  ),
  fault('connection_field', 'bad_request', 'A field of HTTP/1.1 connections has no place in HTTP/2.'),
];

/** The entry behind a negative result other than `NEED_MORE`. */
export function faultOf(code: number): HttpFault {
  return FAULTS[BAD_REQUEST_LINE - code] ?? FAULTS[0]!;
}

function fault(name: string, reason: Reason, text: string): HttpFault {
  return { name, reason, text };
}

/**
 * How the end of a message body is found, and the two fields that say so (RFC 9112 §6).
 */
import { BAD_TRANSFER_ENCODING, UNKNOWN_TRANSFER_ENCODING } from './faults.ts';
import { isToken } from './octets.ts';
import { trimOws } from './token-list.ts';

export const BODY_NONE = 0;
export const BODY_LENGTH = 1;
export const BODY_CHUNKED = 2;
/** Only in responses: the body ends with the connection. */
export const BODY_UNTIL_CLOSE = 3;

/** Accepts exactly one `chunked`; tells malformed lists from codings that are merely unknown. */
export function readTransferEncoding(value: string): number {
  if (value === 'chunked') return 0;
  const codings = value.split(',');
  let unknown = false;
  for (let i = 0; i < codings.length; i++) {
    const coding = trimOws(codings[i]!).toLowerCase();
    if (!isToken(coding)) return BAD_TRANSFER_ENCODING;
    if (coding !== 'chunked') unknown = true;
    else if (i !== codings.length - 1) return BAD_TRANSFER_ENCODING;
  }
  return unknown ? UNKNOWN_TRANSFER_ENCODING : 0;
}

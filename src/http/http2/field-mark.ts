/**
 * What one field of a block is, judged by its octets alone (RFC 9113 sections 8.2 and 8.3).
 *
 * The outcome is kept with the entry of the compression table, so a field that a client repeats is judged once per
 * connection: over 0 a kind of field, below 0 a fault.
 */
import { BAD_FIELD_NAME, BAD_FIELD_VALUE, BAD_PSEUDO_FIELD, CONNECTION_FIELD } from '../faults.ts';
import * as kind from '../field-names.ts';
import { classifyFieldName, spells } from '../field-names.ts';
import { COLON, FIELD_VALUE, HTAB, SP, TOKEN } from '../octets.ts';

/** Marks of ordinary fields are their kind (field-names.ts) and this, since 0 says that a field was not judged yet. */
export const ORDINARY = 1;
/** Cookie has a mark of its own, as its kind is shared with other fields. */
export const COOKIE_MARK = 63;

/** Pseudo-fields have the marks from here on. */
export const PSEUDO = 64;
export const METHOD_MARK = 64;
export const SCHEME_MARK = 65;
export const AUTHORITY_MARK = 66;
export const PATH_MARK = 67;
export const PROTOCOL_MARK = 68;
export const STATUS_MARK = 69;

const PSEUDO_NAMES: ReadonlyMap<string, number> = new Map([
  [':method', METHOD_MARK],
  [':scheme', SCHEME_MARK],
  [':authority', AUTHORITY_MARK],
  [':path', PATH_MARK],
  [':protocol', PROTOCOL_MARK],
  [':status', STATUS_MARK],
]);
const PSEUDO_BYTES_MAX = 10;

/** The mark of the field with the name `bytes[nameStart, nameEnd)` and the value `bytes[valueStart, valueEnd)`. */
export function markOf(
  bytes: Buffer,
  nameStart: number,
  nameEnd: number,
  valueStart: number,
  valueEnd: number,
): number {
  for (let at = valueStart; at < valueEnd; at++) if (FIELD_VALUE[bytes[at]!] === 0) return BAD_FIELD_VALUE;
  if (valueStart < valueEnd && (isSpace(bytes[valueStart]!) || isSpace(bytes[valueEnd - 1]!)))
    return BAD_FIELD_VALUE;
  if (nameStart === nameEnd) return BAD_FIELD_NAME;
  if (bytes[nameStart] === COLON) return pseudoMark(bytes, nameStart, nameEnd);
  for (let at = nameStart; at < nameEnd; at++) {
    const octet = bytes[at]!;
    // Narrower than section 8.2.1: what is no token could not be forwarded by HTTP/1.1.
    if (TOKEN[octet] === 0 || (octet >= 0x41 && octet <= 0x5a)) return BAD_FIELD_NAME;
  }
  const found = classifyFieldName(bytes, nameStart, nameEnd);
  switch (found) {
    case kind.CONNECTION:
    case kind.KEEP_ALIVE:
    case kind.PROXY_CONNECTION:
    case kind.TRANSFER_ENCODING:
    case kind.UPGRADE:
      return CONNECTION_FIELD;
    case kind.TE:
      return isTrailers(bytes, valueStart, valueEnd) ? ORDINARY + kind.TE : CONNECTION_FIELD;
    case kind.PROTECTED:
      return nameEnd - nameStart === 6 ? COOKIE_MARK : ORDINARY + kind.PROTECTED;
    default:
      return ORDINARY + found;
  }
}

function isSpace(octet: number): boolean {
  return octet === SP || octet === HTAB;
}

function isTrailers(bytes: Buffer, start: number, end: number): boolean {
  return end - start === 8 && spells(bytes, start, 'trailers');
}

function pseudoMark(bytes: Buffer, start: number, end: number): number {
  if (end - start > PSEUDO_BYTES_MAX) return BAD_PSEUDO_FIELD;
  return PSEUDO_NAMES.get(bytes.latin1Slice(start, end)) ?? BAD_PSEUDO_FIELD;
}

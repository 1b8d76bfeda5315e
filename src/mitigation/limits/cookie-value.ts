/** Finds the value of a cookie in a request's fields without making a text (RFC 6265 section 4.2.1). */
import type { FieldBlock } from '../../http/field-block.ts';
import { spells } from '../../http/field-names.ts';
import { HTAB, SP } from '../../http/octets.ts';

const SEMICOLON = 0x3b;
const EQUALS = 0x3d;

/** Where a value lies in the octets of the fields. */
export interface OctetRange {
  start: number;
  end: number;
}

/**
 * Whether exactly one cookie has the name, compared octet by octet, and its value is not empty; it is in `out` then.
 * Of several with one name nobody knows which the origin believes.
 */
export function findCookie(fields: FieldBlock, name: string, out: OctetRange): boolean {
  let found = 0;
  for (let index = 0; index < fields.count; index++) {
    const nameStart = fields.base + fields.offsets[index * 4]!;
    const nameEnd = fields.base + fields.offsets[index * 4 + 1]!;
    if (nameEnd - nameStart !== 6 || !spells(fields.bytes, nameStart, 'cookie')) continue;
    const start = fields.base + fields.offsets[index * 4 + 2]!;
    found += findIn(fields.bytes, start, fields.base + fields.offsets[index * 4 + 3]!, name, out);
  }
  return found === 1 && out.end > out.start;
}

/** How many pairs of one field have the name; the last one is in `out`. */
function findIn(bytes: Uint8Array, from: number, to: number, name: string, out: OctetRange): number {
  let found = 0;
  for (let at = from; at < to; ) {
    while (at < to && (bytes[at] === SP || bytes[at] === HTAB)) at++;
    let end = at;
    while (end < to && bytes[end] !== SEMICOLON) end++;
    if (hasName(bytes, at, end, name)) {
      found++;
      out.start = at + name.length + 1;
      out.end = end;
      while (out.end > out.start && isSpace(bytes[out.end - 1]!)) out.end--;
    }
    at = end + 1;
  }
  return found;
}

function hasName(bytes: Uint8Array, start: number, end: number, name: string): boolean {
  if (start + name.length >= end || bytes[start + name.length] !== EQUALS) return false;
  for (let at = 0; at < name.length; at++) {
    if (bytes[start + at] !== name.charCodeAt(at)) return false;
  }
  return true;
}

function isSpace(octet: number): boolean {
  return octet === SP || octet === HTAB;
}

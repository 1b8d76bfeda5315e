/**
 * The static table of RFC 7541 Appendix A, as lines (`name: value CRLF`) in one buffer.
 */
import { spells } from '../field-names.ts';

/** Entries in the order of their indices, which begin with 1. */
// biome-ignore format: short entries in rows
const ENTRIES: readonly (readonly [name: string, value: string])[] = [
  [':authority', ''], [':method', 'GET'], [':method', 'POST'], [':path', '/'], [':path', '/index.html'],
  [':scheme', 'http'], [':scheme', 'https'], [':status', '200'], [':status', '204'], [':status', '206'],
  [':status', '304'], [':status', '400'], [':status', '404'], [':status', '500'], ['accept-charset', ''],
  ['accept-encoding', 'gzip, deflate'], ['accept-language', ''], ['accept-ranges', ''], ['accept', ''],
  ['access-control-allow-origin', ''], ['age', ''], ['allow', ''], ['authorization', ''], ['cache-control', ''],
  ['content-disposition', ''], ['content-encoding', ''], ['content-language', ''], ['content-length', ''],
  ['content-location', ''], ['content-range', ''], ['content-type', ''], ['cookie', ''], ['date', ''], ['etag', ''],
  ['expect', ''], ['expires', ''], ['from', ''], ['host', ''], ['if-match', ''], ['if-modified-since', ''],
  ['if-none-match', ''], ['if-range', ''], ['if-unmodified-since', ''], ['last-modified', ''], ['link', ''],
  ['location', ''], ['max-forwards', ''], ['proxy-authenticate', ''], ['proxy-authorization', ''], ['range', ''],
  ['referer', ''], ['refresh', ''], ['retry-after', ''], ['server', ''], ['set-cookie', ''],
  ['strict-transport-security', ''], ['transfer-encoding', ''], ['user-agent', ''], ['vary', ''], ['via', ''],
  ['www-authenticate', ''],
];

/** Entries of the static table; dynamic entries have the indices above. */
export const STATIC_COUNT: number = ENTRIES.length;

/** Indices that are written by name; an entry's name goes with other values too. */
export const METHOD_GET = 2;
export const METHOD_POST = 3;
export const AUTHORITY = 1;
export const PATH = 4;
export const SCHEME_HTTP = 6;
export const SCHEME_HTTPS = 7;
export const STATUS = 8;
export const CONTENT_LENGTH = 28;

/** Statuses that are entries of their own, and their indices. */
export const STATUS_INDEX: ReadonlyMap<number, number> = new Map(
  [8, 9, 10, 11, 12, 13, 14].map((index) => [Number(ENTRIES[index - 1]![1]), index]),
);

export const STATIC_LINES: Buffer = Buffer.from(
  ENTRIES.map(([name, value]) => `${name}: ${value}\r\n`).join(''),
);

/** Per index three places in STATIC_LINES: name start, name end, value end. Index 0 is none. */
export const STATIC_PLACES: Int32Array = placeEntries();

function placeEntries(): Int32Array {
  const places = new Int32Array((STATIC_COUNT + 1) * 3);
  let at = 0;
  ENTRIES.forEach(([name, value], i) => {
    const valueEnd = at + name.length + 2 + value.length;
    places.set([at, at + name.length, valueEnd], (i + 1) * 3);
    at = valueEnd + 2;
  });
  return places;
}

/** Slots of the table of names: some times the number of names, a power of two. */
const NAME_SLOTS = 256;
const NAMES: readonly string[] = ENTRIES.map(([name]) => name);
const NAME_TABLE: Uint8Array = hashNames();

/** The index whose name the octets spell without regard to case, or 0; of an ordinary field, not a pseudo-field. */
export function staticNameIndex(bytes: Uint8Array, start: number, end: number): number {
  if (end <= start) return 0;
  let slot = nameSlot(end - start, bytes[start]!, bytes[end - 1]!);
  for (;;) {
    const index = NAME_TABLE[slot]!;
    if (index === 0) return 0;
    const name = NAMES[index - 1]!;
    if (name.length === end - start && spells(bytes, start, name)) return index;
    slot = (slot + 1) % NAME_SLOTS;
  }
}

function hashNames(): Uint8Array {
  const table = new Uint8Array(NAME_SLOTS);
  for (const [i, name] of NAMES.entries()) {
    if (name.startsWith(':')) continue;
    let slot = nameSlot(name.length, name.charCodeAt(0), name.charCodeAt(name.length - 1));
    while (table[slot] !== 0) slot = (slot + 1) % NAME_SLOTS;
    table[slot] = i + 1;
  }
  return table;
}

/** Length, first and last octet tell the names apart, but for a few. */
function nameSlot(length: number, first: number, last: number): number {
  return (length * 5 + (first | 0x20) * 23 + (last | 0x20) * 3) % NAME_SLOTS;
}

/** Sets of byte values, 256 bits in eight words. Nobody changes a set that is in use: the operations make new ones. */

export type ByteSet = Uint32Array;

const WORDS = 8;
export const BYTES = 256;

export function emptySet(): ByteSet {
  return new Uint32Array(WORDS);
}

/** @param ranges pairs of first and last byte */
export function setOf(...ranges: readonly (readonly [number, number])[]): ByteSet {
  const set = emptySet();
  for (const [first, last] of ranges) addRange(set, first, last);
  return set;
}

/** Only for sets that are still being built. */
export function addRange(set: ByteSet, first: number, last: number): void {
  for (let byte = first; byte <= last; byte += 1) {
    set[byte >> 5] = set[byte >> 5]! | (1 << (byte & 31));
  }
}

/** Only for sets that are still being built. */
export function addAll(set: ByteSet, other: ByteSet): void {
  for (let word = 0; word < WORDS; word += 1) set[word] = set[word]! | other[word]!;
}

export function has(set: ByteSet, byte: number): boolean {
  return ((set[byte >> 5]! >>> (byte & 31)) & 1) === 1;
}

export function complement(set: ByteSet): ByteSet {
  return set.map((word) => ~word);
}

export function sameSet(one: ByteSet, other: ByteSet): boolean {
  for (let word = 0; word < WORDS; word += 1) if (one[word] !== other[word]) return false;
  return true;
}

/** The set with both cases of every ASCII letter of which it has one. */
export function foldCase(set: ByteSet): ByteSet {
  const folded = set.slice();
  // `A` to `Z` and `a` to `z` sit at the same places of the words 2 and 3.
  const letters = (set[2]! | set[3]!) & 0x07fffffe;
  folded[2] = set[2]! | letters;
  folded[3] = set[3]! | letters;
  return folded;
}

export function bytesOf(set: ByteSet): number[] {
  const bytes: number[] = [];
  for (let byte = 0; byte < BYTES; byte += 1) if (has(set, byte)) bytes.push(byte);
  return bytes;
}

/** The set as runs of first and last byte, in order. */
export function rangesOf(set: ByteSet): [number, number][] {
  const ranges: [number, number][] = [];
  for (const byte of bytesOf(set)) {
    const last = ranges[ranges.length - 1];
    if (last !== undefined && last[1] === byte - 1) last[1] = byte;
    else ranges.push([byte, byte]);
  }
  return ranges;
}

/** By byte the set of it alone, and with the other case of a letter: patterns are full of these. */
export const SINGLE_BYTES: readonly ByteSet[] = Array.from({ length: BYTES }, (_, byte) =>
  setOf([byte, byte]),
);
export const FOLDED_BYTES: readonly ByteSet[] = SINGLE_BYTES.map(foldCase);

export const ALL_BYTES: ByteSet = complement(emptySet());
export const DIGITS: ByteSet = setOf([0x30, 0x39]);
export const WORD_BYTES: ByteSet = setOf([0x30, 0x39], [0x41, 0x5a], [0x5f, 0x5f], [0x61, 0x7a]);
/** `\s`: tab, line feed, vertical tab, form feed, carriage return and blank, as in PCRE. */
export const BLANKS: ByteSet = setOf([0x09, 0x0d], [0x20, 0x20]);
export const HORIZONTAL_BLANKS: ByteSet = setOf([0x09, 0x09], [0x20, 0x20], [0xa0, 0xa0]);
export const VERTICAL_BLANKS: ByteSet = setOf([0x0a, 0x0d], [0x85, 0x85]);
export const LINE_FEED: ByteSet = setOf([0x0a, 0x0a]);

/** The classes written `[:name:]`, for ASCII. */
export const POSIX_CLASSES: ReadonlyMap<string, ByteSet> = new Map([
  ['alnum', setOf([0x30, 0x39], [0x41, 0x5a], [0x61, 0x7a])],
  ['alpha', setOf([0x41, 0x5a], [0x61, 0x7a])],
  ['ascii', setOf([0x00, 0x7f])],
  ['blank', setOf([0x09, 0x09], [0x20, 0x20])],
  ['cntrl', setOf([0x00, 0x1f], [0x7f, 0x7f])],
  ['digit', DIGITS],
  ['graph', setOf([0x21, 0x7e])],
  ['lower', setOf([0x61, 0x7a])],
  ['print', setOf([0x20, 0x7e])],
  ['punct', setOf([0x21, 0x2f], [0x3a, 0x40], [0x5b, 0x60], [0x7b, 0x7e])],
  ['space', BLANKS],
  ['upper', setOf([0x41, 0x5a])],
  ['word', WORD_BYTES],
  ['xdigit', setOf([0x30, 0x39], [0x41, 0x46], [0x61, 0x66])],
]);

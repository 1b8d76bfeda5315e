/**
 * An immutable set of prefixes that answers which is the longest one containing an address.
 *
 * Each family is an array of prefixes sorted by first address, the shorter first where that is equal, each with a
 * link to its parent, the next shorter prefix around it. Prefixes nest or are disjoint, so every prefix around
 * an address is the last one starting at or before it, or an ancestor of that one:
 *
 *     10.0.0.0/8  <-parent-  10.1.0.0/16  <-parent-  10.1.2.0/24      10.1.3.7: search ends at 10.1.2.0/24,
 *         ^------parent----  10.9.0.0/16                              which does not hold it; its parent does
 *
 * A lookup is a step into an index of the leading bits, a search of about two steps among neighbours in memory
 * and mostly no more than one link: three cache misses in a large set, where a plain binary search has twenty.
 * A prefix takes 13 bytes for IPv4 and 25 for IPv6; a set holds up to 2^23 of a family. Refused: a table per
 * prefix length (up to 129 probes a lookup), a bit trie (100 bytes and more a prefix), flattened ranges (twice
 * the entries).
 */
import { type AddressWords, IPV4_OFFSET, isIpv4, type Prefix } from './ip.ts';
import { sortPrefixOrder } from './prefix-order.ts';

/** Turns the order of unsigned words into the order of signed ones, which stay small integers in the engine. */
const SIGN = 1 << 31;
/** Average number of prefixes behind one entry of the index. */
const PREFIXES_PER_BUCKET = 4;

/** The prefixes of one family. */
interface SortedPrefixes {
  readonly count: number;
  /** Words of an address that count: the last one for IPv4, all four for IPv6. */
  readonly width: number;
  /** Per prefix: `width` words of its first address with the sign bit turned, parent << 8 | bits, source. */
  readonly rows: Int32Array;
  /** First row of each bucket of leading words, and the count of all rows behind the last one. */
  readonly index: Int32Array;
  readonly indexShift: number;
}

/** Compiles a list; of two equal prefixes the first one counts. */
export function compilePrefixSet(prefixes: readonly Prefix[]): PrefixSet {
  return new PrefixSet(prefixes);
}

export class PrefixSet {
  readonly #ipv4: SortedPrefixes;
  readonly #ipv6: SortedPrefixes;
  /** Different prefixes in the set. */
  readonly size: number;

  constructor(prefixes: readonly Prefix[]) {
    this.#ipv4 = sortPrefixes(prefixes, true);
    this.#ipv6 = sortPrefixes(prefixes, false);
    this.size = this.#ipv4.count + this.#ipv6.count;
  }

  /** Index, in the compiled list, of the longest prefix around the address, or -1. */
  longestMatch(words: AddressWords): number {
    const set = isIpv4(words) ? this.#ipv4 : this.#ipv6;
    if (set.count === 0) return -1;
    const stride = set.width + 2;
    let row = lastStart(set, words);
    while (row >= 0 && !holds(set, row, words)) row = set.rows[row * stride + set.width]! >> 8;
    return row < 0 ? -1 : set.rows[row * stride + set.width + 1]!;
  }
}

/** The last row that does not start behind the address, or -1. */
function lastStart(set: SortedPrefixes, words: AddressWords): number {
  const { width, rows, index } = set;
  const key = words[4 - width]! ^ SIGN;
  if (key < rows[0]!) return -1;
  const bucket = (key - rows[0]!) >>> set.indexShift;
  if (bucket >= index.length - 1) return set.count - 1;
  let low = index[bucket]!;
  let high = index[bucket + 1]!;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const at = middle * (width + 2);
    const start = rows[at]!;
    if (start < key || (start === key && (width === 1 || startsUpTo(rows, at, words)))) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** Whether the IPv6 start at `at`, whose first word is that of the address, is not behind the address. */
function startsUpTo(rows: Int32Array, at: number, words: AddressWords): boolean {
  for (let word = 1; word < 4; word++) {
    const start = rows[at + word]!;
    const key = words[word]! ^ SIGN;
    if (start !== key) return start < key;
  }
  return true;
}

function holds(set: SortedPrefixes, row: number, words: AddressWords): boolean {
  const { width, rows } = set;
  const at = row * (width + 2);
  const bits = rows[at + width]! & 0xff;
  for (let word = 0; word * 32 < bits; word++) {
    const counted = bits - word * 32;
    const difference = rows[at + word]! ^ words[4 - width + word]! ^ SIGN;
    if (counted >= 32 ? difference !== 0 : difference >>> (32 - counted) !== 0) return false;
  }
  return true;
}

function sortPrefixes(prefixes: readonly Prefix[], ipv4: boolean): SortedPrefixes {
  const width = ipv4 ? 1 : 4;
  const stride = width + 2;
  const order = sortPrefixOrder(prefixes, ipv4);
  const count = order.length;
  const rows = new Int32Array(count * stride);
  for (let row = 0; row < count; row++) {
    const { words } = prefixes[order[row]!]!;
    for (let word = 0; word < width; word++) rows[row * stride + word] = words[4 - width + word]! ^ SIGN;
    rows[row * stride + width + 1] = order[row]!;
  }
  const indexShift = sortPrefixesIndexShift(rows, count, stride);
  const index = sortPrefixesIndex(rows, count, stride, indexShift);
  const set = { count, width, rows, index, indexShift };
  for (let row = 0; row < count; row++) {
    const { words, bits } = prefixes[order[row]!]!;
    let parent = row - 1;
    while (parent >= 0 && !holds(set, parent, words)) parent = rows[parent * stride + width]! >> 8;
    rows[row * stride + width] = (parent << 8) | (bits - (ipv4 ? IPV4_OFFSET : 0));
  }
  return set;
}

/** How far leading words are shifted so that their span makes about a quarter as many buckets as prefixes. */
function sortPrefixesIndexShift(rows: Int32Array, count: number, stride: number): number {
  const span = count === 0 ? 0 : (rows[(count - 1) * stride]! - rows[0]!) >>> 0;
  let shift = 0;
  while (shift < 31 && span >>> shift > count / PREFIXES_PER_BUCKET) shift++;
  return shift;
}

function sortPrefixesIndex(rows: Int32Array, count: number, stride: number, shift: number): Int32Array {
  if (count === 0) return new Int32Array(1);
  const first = rows[0]!;
  const buckets = ((rows[(count - 1) * stride]! - first) >>> shift) + 1;
  const index = new Int32Array(buckets + 1);
  let row = 0;
  for (let bucket = 0; bucket < buckets; bucket++) {
    while (row < count && (rows[row * stride]! - first) >>> shift < bucket) row++;
    index[bucket] = row;
  }
  index[buckets] = count;
  return index;
}

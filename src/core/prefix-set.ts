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
 * A lookup is a search in an address index and mostly no more than one link. A prefix takes 9 bytes for IPv4 and 21
 * for IPv6, and 4 more where the set remembers which entry of its list a prefix was; a set holds up to 2^23 of a
 * family. The memory can be shared: one thread compiles, the others join. Refused: a table per prefix length (up to
 * 129 probes a lookup), a bit trie (100 bytes and more a prefix), flattened ranges (twice the entries).
 */
import {
  type AddressIndex,
  addressIndexBytes,
  allocateWords,
  indexAddresses,
  lastStart,
  SIGN,
} from './address-index.ts';
import { type AddressWords, IPV4_OFFSET, isIpv4, type Prefix, parsePrefix } from './ip.ts';
import { PrefixKeys } from './prefix-keys.ts';
import { sortPrefixOrder } from './prefix-order.ts';

/** Prefixes of a family that a set can hold: parent links have 23 bits and a sign. */
export const PREFIXES_MAX = 1 << 23;

/** The prefixes of one family: rows of an address and of parent << 8 | length. */
export interface SortedPrefixes extends AddressIndex {
  /** Per row, its place in the list that was compiled; empty where nobody asks for it. */
  readonly sources: Int32Array;
}

/** A compiled set as plain data over shared memory, to be sent to another thread. */
export interface PrefixSetMemory {
  readonly ipv4: SortedPrefixes;
  readonly ipv6: SortedPrefixes;
}

/** Compiles a list; of two equal prefixes the first one counts. */
export function compilePrefixSet(prefixes: readonly Prefix[]): PrefixSet {
  const ipv4 = new PrefixKeys(true);
  const ipv6 = new PrefixKeys(false);
  for (const [source, { words, bits }] of prefixes.entries()) {
    if (isIpv4(words)) ipv4.add(words, bits - IPV4_OFFSET, source);
    else ipv6.add(words, bits, source);
  }
  return new PrefixSet({ ipv4: sortPrefixes(ipv4, true), ipv6: sortPrefixes(ipv6, true) });
}

/** Compiles texts that have been checked before; what is no prefix is left out. */
export function compilePrefixTexts(texts: readonly string[]): PrefixSet {
  const prefixes = texts.map(parsePrefix).filter((prefix) => prefix.ok);
  return compilePrefixSet(prefixes.map(({ value }) => value));
}

/** Compiles packed prefixes to memory that other threads can join, without remembering their sources. */
export function compilePrefixKeys(ipv4: PrefixKeys, ipv6: PrefixKeys): PrefixSetMemory {
  return { ipv4: sortPrefixes(ipv4, false), ipv6: sortPrefixes(ipv6, false) };
}

export class PrefixSet {
  readonly #ipv4: SortedPrefixes;
  readonly #ipv6: SortedPrefixes;
  /** Different prefixes in the set. */
  readonly size: number;

  /** Joins a set that this or another thread has compiled. */
  constructor({ ipv4, ipv6 }: PrefixSetMemory) {
    this.#ipv4 = ipv4;
    this.#ipv6 = ipv6;
    this.size = ipv4.count + ipv6.count;
  }

  /** Octets that the set takes. */
  get bytes(): number {
    const sources = this.#ipv4.sources.byteLength + this.#ipv6.sources.byteLength;
    return addressIndexBytes(this.#ipv4) + addressIndexBytes(this.#ipv6) + sources;
  }

  /** Index, in the compiled list, of the longest prefix around the address, or -1. The set remembers its sources. */
  longestMatch(words: AddressWords): number {
    const set = isIpv4(words) ? this.#ipv4 : this.#ipv6;
    const row = longestRow(set, words);
    return row < 0 ? -1 : set.sources[row]!;
  }

  /** Length in bits of the family of the longest prefix around the address, or -1. */
  longestLength(words: AddressWords): number {
    const set = isIpv4(words) ? this.#ipv4 : this.#ipv6;
    const row = longestRow(set, words);
    return row < 0 ? -1 : set.rows[row * set.stride + set.width]! & 0xff;
  }

  /** Whether any address of the prefix is in the set. */
  touches({ words, bits }: Prefix): boolean {
    const set = isIpv4(words) ? this.#ipv4 : this.#ipv6;
    if (longestRow(set, words) >= 0) return true;
    // Nothing holds the first address, so a prefix of the set can only begin behind it, and the last one to begin
    // before the end of the range tells.
    const last = words.map((word, index) => word | lowBits(128 - bits - (3 - index) * 32));
    const row = lastStart(set, last);
    return row >= 0 && startsWithin(set, row, words, bits);
  }
}

function longestRow(set: SortedPrefixes, words: AddressWords): number {
  let row = lastStart(set, words);
  while (row >= 0 && !holds(set, row, words)) row = set.rows[row * set.stride + set.width]! >> 8;
  return row;
}

function holds({ width, stride, rows }: AddressIndex, row: number, words: AddressWords): boolean {
  const at = row * stride;
  const length = rows[at + width]! & 0xff;
  for (let word = 0; word * 32 < length; word++) {
    const counted = length - word * 32;
    const difference = rows[at + word]! ^ words[4 - width + word]! ^ SIGN;
    if (counted >= 32 ? difference !== 0 : difference >>> (32 - counted) !== 0) return false;
  }
  return true;
}

/** Whether the row begins within the prefix of `bits` bits of the 128-bit key. */
function startsWithin(set: SortedPrefixes, row: number, words: AddressWords, bits: number): boolean {
  const { width, stride, rows } = set;
  for (let word = 0; word < width; word++) {
    const mask = ~lowBits(128 - bits - (width - 1 - word) * 32);
    const start = rows[row * stride + word]! ^ SIGN;
    if (((start ^ words[4 - width + word]!) & mask) !== 0) return false;
  }
  return true;
}

/** A word whose last `count` bits are set; counts beyond 0 and 32 are taken as those. */
function lowBits(count: number): number {
  if (count >= 32) return -1;
  return count <= 0 ? 0 : ~(-1 << count);
}

function sortPrefixes(keys: PrefixKeys, keepSources: boolean): SortedPrefixes {
  const { width } = keys;
  const stride = width + 1;
  const order = sortPrefixOrder(keys);
  const count = order.length;
  const rows = allocateWords(count * stride);
  const sources = allocateWords(keepSources ? count : 0);
  for (let row = 0; row < count; row++) {
    const from = order[row]! * keys.stride;
    for (let word = 0; word < width; word++) rows[row * stride + word] = keys.rows[from + word]! ^ SIGN;
    if (keepSources) sources[row] = keys.rows[from + width + 1]!;
  }
  const set = { ...indexAddresses(rows, count, width, stride), sources };
  const words = new Int32Array(4);
  for (let row = 0; row < count; row++) {
    const from = order[row]! * keys.stride;
    for (let word = 0; word < width; word++) words[4 - width + word] = keys.rows[from + word]!;
    let parent = row - 1;
    while (parent >= 0 && !holds(set, parent, words)) parent = rows[parent * stride + width]! >> 8;
    rows[row * stride + width] = (parent << 8) | keys.rows[from + width]!;
  }
  return set;
}

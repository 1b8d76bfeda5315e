/**
 * Addresses of one family in ascending order, and the question which is the last one not behind a given address.
 *
 * The rows are kept in memory that threads can share, so a large table is built once and never copied. A search is a
 * step into an index of the leading bits and about two more among neighbours: three cache misses in a large table,
 * where a plain binary search has twenty.
 */
import type { AddressWords } from './ip.ts';

/** Turns the order of unsigned words into the order of signed ones, which stay small integers in the engine. */
export const SIGN = 1 << 31;
/** Average number of rows behind one entry of the index. */
const ROWS_PER_BUCKET = 4;

/** Plain data over shared memory: it can be sent to another thread as it is. */
export interface AddressIndex {
  readonly count: number;
  /** Words of an address that count: the last one for IPv4, all four for IPv6. */
  readonly width: number;
  /** Words from one row to the next; the first `width` are an address with the sign bits turned. */
  readonly stride: number;
  readonly rows: Int32Array;
  /** First row of each bucket of leading words, and the count of all rows behind the last one. */
  readonly buckets: Int32Array;
  readonly bucketShift: number;
}

/** Words that threads can share, all zero. */
export function allocateWords(length: number): Int32Array {
  return new Int32Array(new SharedArrayBuffer(length * 4));
}

/** Indexes rows that are in ascending order. */
export function indexAddresses(rows: Int32Array, count: number, width: number, stride: number): AddressIndex {
  const first = count === 0 ? 0 : rows[0]!;
  const span = count === 0 ? 0 : (rows[(count - 1) * stride]! - first) >>> 0;
  let bucketShift = 0;
  while (bucketShift < 31 && span >>> bucketShift > count / ROWS_PER_BUCKET) bucketShift++;
  const bucketCount = count === 0 ? 0 : (span >>> bucketShift) + 1;
  const buckets = allocateWords(bucketCount + 1);
  let row = 0;
  for (let bucket = 0; bucket < bucketCount; bucket++) {
    while (row < count && (rows[row * stride]! - first) >>> bucketShift < bucket) row++;
    buckets[bucket] = row;
  }
  buckets[bucketCount] = count;
  return { count, width, stride, rows, buckets, bucketShift };
}

/** The last row whose address is not behind the given one, which is of the same family, or -1. */
export function lastStart(index: AddressIndex, words: AddressWords): number {
  const { width, stride, rows, buckets } = index;
  if (index.count === 0) return -1;
  const key = words[4 - width]! ^ SIGN;
  if (key < rows[0]!) return -1;
  const bucket = (key - rows[0]!) >>> index.bucketShift;
  if (bucket >= buckets.length - 1) return index.count - 1;
  let low = buckets[bucket]!;
  let high = buckets[bucket + 1]!;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const at = middle * stride;
    const start = rows[at]!;
    if (start < key || (start === key && (width === 1 || startsUpTo(rows, at, words)))) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** Octets of the rows and of their index. */
export function addressIndexBytes({ rows, buckets }: AddressIndex): number {
  return rows.byteLength + buckets.byteLength;
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

/**
 * A number for each address, by ranges that do not overlap: countries, networks.
 *
 * Only the beginnings of ranges are kept, in an address index, each with its number; where a gap follows a range, the
 * gap is a row of its own with the number 0. Neighbours with the same number become one row. A row takes 9 bytes for
 * IPv4 and 21 for IPv6, its share of the index included. The memory can be shared by threads.
 */
import { type AddressIndex, allocateWords, indexAddresses, lastStart, SIGN } from './address-index.ts';
import { type AddressWords, isIpv4 } from './ip.ts';

/** A built table as plain data over shared memory, to be sent to another thread. */
export interface RangeTableMemory {
  readonly ipv4: AddressIndex;
  readonly ipv6: AddressIndex;
}

export class RangeTable {
  readonly #ipv4: AddressIndex;
  readonly #ipv6: AddressIndex;

  /** Joins a table that this or another thread has built. */
  constructor({ ipv4, ipv6 }: RangeTableMemory) {
    this.#ipv4 = ipv4;
    this.#ipv6 = ipv6;
  }

  /** The number of the range around the address, as an unsigned word; 0 outside of all ranges. */
  valueOf(words: AddressWords): number {
    const index = isIpv4(words) ? this.#ipv4 : this.#ipv6;
    const row = lastStart(index, words);
    return row < 0 ? 0 : index.rows[row * index.stride + index.width]! >>> 0;
  }
}

/** Takes the ranges of one table in ascending order, each family by itself. */
export class RangeTableBuilder {
  readonly #ipv4 = new FamilyBuilder(1);
  readonly #ipv6 = new FamilyBuilder(4);

  /**
   * Adds the range from `first` to `last`. What of it lies in ranges that were added before keeps their number, for
   * published tables have such slips. False where the two are not of one family or stand in the wrong order, or where
   * the range begins in front of the one that was added last.
   */
  add(first: AddressWords, last: AddressWords, value: number): boolean {
    const ipv4 = isIpv4(first);
    if (ipv4 !== isIpv4(last) || compareWords(first, last) > 0) return false;
    return (ipv4 ? this.#ipv4 : this.#ipv6).add(first, last, value);
  }

  build(): RangeTableMemory {
    return { ipv4: this.#ipv4.build(), ipv6: this.#ipv6.build() };
  }
}

const ROWS_FIRST = 64;

class FamilyBuilder {
  readonly #width: number;
  readonly #stride: number;
  #rows: Int32Array;
  #count = 0;
  /** Where the range that was added last begins. */
  readonly #first = new Int32Array(4);
  /** The first address behind all ranges; zeros in front of the first. */
  readonly #next = new Int32Array(4);
  /** Whether the ranges reach the end of the family. */
  #full = false;
  /** The number of the last row. */
  #value = 0;

  constructor(width: number) {
    this.#width = width;
    this.#stride = width + 1;
    this.#rows = new Int32Array(ROWS_FIRST * this.#stride);
  }

  add(first: AddressWords, last: AddressWords, value: number): boolean {
    if (compareWords(first, this.#first) < 0) return false;
    this.#first.set(first);
    const order = compareWords(first, this.#next);
    if (this.#full || (order < 0 && compareWords(last, this.#next) < 0)) return true;
    if (order > 0 && this.#value !== 0) this.#push(this.#next, 0);
    if (value !== this.#value) this.#push(order > 0 ? first : this.#next, value);
    this.#next.set(last);
    this.#full = !increment(this.#next, 4 - this.#width);
    return true;
  }

  build(): AddressIndex {
    // Behind the last range lies nothing.
    if (!this.#full && this.#value !== 0) this.#push(this.#next, 0);
    const rows = allocateWords(this.#count * this.#stride);
    rows.set(this.#rows.subarray(0, rows.length));
    return indexAddresses(rows, this.#count, this.#width, this.#stride);
  }

  #push(words: AddressWords, value: number): void {
    let at = this.#count * this.#stride;
    if (at === this.#rows.length) {
      const rows = new Int32Array(at * 2);
      rows.set(this.#rows);
      this.#rows = rows;
    }
    for (let word = 4 - this.#width; word < 4; word++) this.#rows[at++] = words[word]! ^ SIGN;
    this.#rows[at] = value;
    this.#value = value;
    this.#count++;
  }
}

function compareWords(one: AddressWords, other: AddressWords): number {
  for (let word = 0; word < 4; word++) {
    if (one[word] !== other[word]) return one[word]! >>> 0 < other[word]! >>> 0 ? -1 : 1;
  }
  return 0;
}

/** Adds one to the words from `top` on; false where that runs over. */
function increment(words: AddressWords, top: number): boolean {
  for (let word = 3; word >= top; word--) {
    words[word] = (words[word]! + 1) | 0;
    if (words[word] !== 0) return true;
  }
  return false;
}

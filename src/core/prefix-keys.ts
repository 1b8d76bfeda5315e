/**
 * Prefixes of one family on their way into a prefix set: packed words, so that a list of a million needs no object
 * for each.
 */
import type { AddressWords } from './ip.ts';

const ROWS_FIRST = 64;

export class PrefixKeys {
  /** Words of an address that count: the last one for IPv4, all four for IPv6. */
  readonly width: number;
  /** Words from one prefix to the next. */
  readonly stride: number;
  /** Per prefix: `width` words of its address, its length in bits of the family, its source. */
  rows: Int32Array;
  count = 0;

  constructor(ipv4: boolean) {
    this.width = ipv4 ? 1 : 4;
    this.stride = this.width + 2;
    this.rows = new Int32Array(ROWS_FIRST * this.stride);
  }

  /** @param length bits of the family, 0 to 32 or 128; the bits behind them are zero in `words` */
  add(words: AddressWords, length: number, source: number): void {
    const { width, stride } = this;
    let at = this.count * stride;
    if (at === this.rows.length) this.#grow();
    const { rows } = this;
    for (let word = 4 - width; word < 4; word++) rows[at++] = words[word]!;
    rows[at++] = length;
    rows[at] = source;
    this.count++;
  }

  #grow(): void {
    const rows = new Int32Array(this.rows.length * 2);
    rows.set(this.rows);
    this.rows = rows;
  }
}

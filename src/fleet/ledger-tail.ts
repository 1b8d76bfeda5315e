/** The newest entries of the ledger in memory: what nodes that were away for a while are brought up to date from. */
import type { LedgerEntry } from '../messages/ledger-entry.ts';

export class LedgerTail {
  readonly #max: number;
  readonly #entries: LedgerEntry[] = [];
  /** Where the oldest stands; places in front of it are free. */
  #first = 0;
  /** Number of the entry in front of the oldest that is kept. */
  #before: number;

  /**
   * @param max entries that are kept at least, and twice as many at most
   * @param before number of the last entry that is not known here
   */
  constructor(max: number, before: number) {
    this.#max = max;
    this.#before = before;
  }

  /** Number of the newest entry. */
  get head(): number {
    return this.#before + this.#entries.length - this.#first;
  }

  /** Adds the next entry. */
  add(entry: LedgerEntry): void {
    this.#entries.push(entry);
    if (this.#entries.length - this.#first <= this.#max) return;
    this.#first += 1;
    this.#before += 1;
    if (this.#first < this.#max) return;
    this.#entries.splice(0, this.#first);
    this.#first = 0;
  }

  /** Whether all entries behind number `seq` are here. */
  reaches(seq: number): boolean {
    return seq >= this.#before && seq <= this.head;
  }

  /** The entry with this number, which must be here. */
  at(seq: number): LedgerEntry {
    return this.#entries[this.#first + seq - this.#before - 1]!;
  }
}

/**
 * What one worker holds for each of its connections, written where the main thread can read it after the
 * worker's death.
 *
 *     header | record | record | ...        record = units | generation | client slot | next free | client key
 *
 * The record is the truth about who must give back what: a unit is given back by whoever cleared its bit, and a bit
 * can be cleared once. A handle names a record and its generation, which changes with each use, so that closing
 * a connection twice does not touch the connection that has the record now (only one in 2048 reuses of a record
 * looks the same). A unit is recorded right after it is taken and struck out right before it is given back, so
 * nothing is ever given back twice; only a thread that is terminated between those two steps, which hold no
 * loop and cannot throw, leaves one unit counted.
 *
 * One writer at a time: the worker while it lives, then the main thread. Bound: the capacity, at most 2^20.
 */
import { type AddressWords, createAddressWords } from './ip.ts';

/** Units of a record, as bits. */
export const CONNECTION_UNIT = 1;
export const CLIENT_UNIT = 2;
export const HANDSHAKE_UNIT = 4;

/** Answer of `open` where all records are in use. */
export const LEDGER_FULL = -1;

const INDEX_BITS = 20;
const CAPACITY_MAX = 2 ** INDEX_BITS;
const INDEX_MASK = CAPACITY_MAX - 1;
/** What is left of a handle that must not be negative. */
const GENERATION_MASK = 2 ** (31 - INDEX_BITS) - 1;

/** Offsets in words: of the header, of a record. */
const FIRST_FREE = 0;
const HEADER_WORDS = 16;
const UNITS = 0;
const GENERATION = 1;
const CLIENT_SLOT = 2;
const NEXT_FREE = 3;
const CLIENT_KEY = 4;
const RECORD_WORDS = 8;

/** Marks the end of the free list, and a record in use. */
const NONE = -1;
const IN_USE = -2;

export function createLedgerMemory(connectionsMax: number): SharedArrayBuffer {
  const capacity = Math.min(connectionsMax, CAPACITY_MAX);
  const memory = new SharedArrayBuffer((HEADER_WORDS + capacity * RECORD_WORDS) * 4);
  const words = new Int32Array(memory);
  words[FIRST_FREE] = capacity > 0 ? 0 : NONE;
  for (let index = 0; index < capacity; index++) {
    words[recordAt(index) + NEXT_FREE] = index + 1 < capacity ? index + 1 : NONE;
  }
  return memory;
}

export class ConnectionLedger {
  readonly #words: Int32Array;
  readonly #capacity: number;

  /** Opens a ledger; the memory comes from `createLedgerMemory` and belongs to one worker. */
  constructor(memory: SharedArrayBuffer) {
    this.#words = new Int32Array(memory);
    this.#capacity = (this.#words.length - HEADER_WORDS) / RECORD_WORDS;
  }

  /** A handle to a record that holds nothing yet, or LEDGER_FULL. */
  open(): number {
    const words = this.#words;
    const index = words[FIRST_FREE]!;
    if (index === NONE) return LEDGER_FULL;
    const at = recordAt(index);
    words[FIRST_FREE] = words[at + NEXT_FREE]!;
    words[at + NEXT_FREE] = IN_USE;
    const generation = (words[at + GENERATION]! + 1) & GENERATION_MASK;
    words[at + GENERATION] = generation;
    return (generation << INDEX_BITS) | index;
  }

  /** Records a unit that was just taken; false where it must go back: the handle is stale or has one already. */
  hold(handle: number, unit: number): boolean {
    const at = this.#find(handle);
    return at >= 0 && (Atomics.or(this.#words, at + UNITS, unit) & unit) === 0;
  }

  /** Records a connection that the client table just admitted; false as for `hold`. */
  holdClient(handle: number, clientSlot: number, clientKey: AddressWords): boolean {
    const words = this.#words;
    const at = this.#find(handle);
    if (at < 0 || (words[at + UNITS]! & CLIENT_UNIT) !== 0) return false;
    words[at + CLIENT_SLOT] = clientSlot;
    for (let word = 0; word < 4; word++) words[at + CLIENT_KEY + word] = clientKey[word]!;
    return this.hold(handle, CLIENT_UNIT);
  }

  /** Strikes a unit out; true where it was held, and then the caller gives it back. */
  drop(handle: number, unit: number): boolean {
    const at = this.#find(handle);
    return at >= 0 && (Atomics.and(this.#words, at + UNITS, ~unit) & unit) !== 0;
  }

  clientSlot(handle: number): number {
    const at = this.#find(handle);
    return at < 0 ? NONE : this.#words[at + CLIENT_SLOT]!;
  }

  clientKeyInto(handle: number, out: AddressWords): void {
    const at = this.#find(handle);
    for (let word = 0; at >= 0 && word < 4; word++) out[word] = this.#words[at + CLIENT_KEY + word]!;
  }

  /** Frees a record whose units have all been dropped; false where the handle is stale or something is held. */
  close(handle: number): boolean {
    const words = this.#words;
    const at = this.#find(handle);
    if (at < 0 || words[at + UNITS] !== 0) return false;
    words[at + NEXT_FREE] = words[FIRST_FREE]!;
    words[FIRST_FREE] = handle & INDEX_MASK;
    return true;
  }

  /** Records in use. */
  count(): number {
    let count = 0;
    for (let index = 0; index < this.#capacity; index++) {
      if (this.#words[recordAt(index) + NEXT_FREE] === IN_USE) count++;
    }
    return count;
  }

  /**
   * Empties the ledger of a worker that is dead: hands the units of each record to `release`, once, and frees the
   * record. The key is valid during the call only. Afterwards a new worker may open the ledger.
   */
  drainInto(release: (units: number, clientSlot: number, clientKey: AddressWords) => void): void {
    const words = this.#words;
    const clientKey = createAddressWords();
    for (let index = 0; index < this.#capacity; index++) {
      const at = recordAt(index);
      const units = Atomics.exchange(words, at + UNITS, 0);
      words[at + NEXT_FREE] = index + 1 < this.#capacity ? index + 1 : NONE;
      for (let word = 0; word < 4; word++) clientKey[word] = words[at + CLIENT_KEY + word]!;
      if (units !== 0) release(units, words[at + CLIENT_SLOT]!, clientKey);
    }
    words[FIRST_FREE] = this.#capacity > 0 ? 0 : NONE;
  }

  /** Position of the record that a handle names, or -1 where it names a former use. */
  #find(handle: number): number {
    const index = handle & INDEX_MASK;
    if (handle < 0 || index >= this.#capacity) return -1;
    const at = recordAt(index);
    const current = this.#words[at + GENERATION] === handle >> INDEX_BITS;
    return current && this.#words[at + NEXT_FREE] === IN_USE ? at : -1;
  }
}

function recordAt(index: number): number {
  return HEADER_WORDS + index * RECORD_WORDS;
}

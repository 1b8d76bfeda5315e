/**
 * The shared memory of the ban table: one hash table that everybody reads without a lock.
 *
 *     header | slot | slot | ...          slot = key (4 words) | end, high | end, low | repeats | tag
 *
 * Open addressing with linear probing in at least twice as many slots as entries, so a search ends after a step or
 * two. The tag is the keyed hash, 0 where the slot is free. Removal moves later entries back instead of leaving
 * a mark, so searches stay short for ever.
 *
 * Writers, who are few, take one lock. Readers look at the sequence before and after a search: it is odd while a
 * writer moves things and different afterwards, and then they look again. All words that readers see are
 * accessed with Atomics, which keeps that order on every processor; for that reason an end is kept as whole
 * milliseconds in two words. A reader that is out of luck many times takes the lock, which also helps it past a
 * writer that was terminated half-way: whoever locks next makes the sequence even. Removal copies before it
 * clears, so such a writer leaves an entry twice at worst, but loses none.
 */
import type { AddressWords } from './ip.ts';
import { type HashSeed, hashWords } from './keyed-hash.ts';
import { acquireLock, releaseLock } from './spin-lock.ts';

const ENTRIES_MAX = 2 ** 22;
const READS_MAX = 100;

/** Offsets in words: of the header, whose second cache line is the writers' own, and of a slot. */
const COUNT = 0;
const SEQUENCE = 1;
const CAPACITY = 2;
const SLOT_MASK = 3;
const SEED_LOW = 4;
const SEED_HIGH = 5;
const LOCK = 16;
const THREADS = 17;
const REFUSED = 18;
const HAND = 19;
const HEADER_WORDS = 32;
/** In 64-bit words, on the writers' line: no ban of the table ends before this time. */
const EARLIEST_END = 10;
const END_HIGH = 4;
const END_LOW = 5;
const REPEATS = 6;
const TAG = 7;
const SLOT_WORDS = 8;
const LOW_RANGE = 2 ** 30;

/** Memory for exactly `bansMax` entries (up to four million), 64 to 128 bytes each. */
export function createBanTableMemory(bansMax: number, seed: HashSeed): SharedArrayBuffer {
  const capacity = Math.min(bansMax, ENTRIES_MAX);
  let slots = 2;
  while (slots < capacity * 2) slots *= 2;
  const memory = new SharedArrayBuffer((HEADER_WORDS + slots * SLOT_WORDS) * 4);
  const ints = new Int32Array(memory);
  ints[CAPACITY] = capacity;
  ints[SLOT_MASK] = slots - 1;
  ints[SEED_LOW] = seed.low;
  ints[SEED_HIGH] = seed.high;
  return memory;
}

export class BanSlots {
  readonly capacity: number;
  readonly #ints: Int32Array;
  readonly #floats: Float64Array;
  readonly #mask: number;
  readonly #seedLow: number;
  readonly #seedHigh: number;
  /** Names this thread as the owner of the lock. */
  readonly #token: number;

  constructor(memory: SharedArrayBuffer) {
    this.#ints = new Int32Array(memory);
    this.#floats = new Float64Array(memory);
    this.capacity = this.#ints[CAPACITY]!;
    this.#mask = this.#ints[SLOT_MASK]!;
    this.#seedLow = this.#ints[SEED_LOW]!;
    this.#seedHigh = this.#ints[SEED_HIGH]!;
    this.#token = Atomics.add(this.#ints, THREADS, 1) + 1;
  }

  count(): number {
    return Atomics.load(this.#ints, COUNT);
  }

  /** Insertions that found no room; wraps at 2^32. */
  refused(): number {
    return Atomics.load(this.#ints, REFUSED) >>> 0;
  }

  countRefusal(): void {
    Atomics.add(this.#ints, REFUSED, 1);
  }

  /** End of the key's ban in monotonic milliseconds, or 0; without the lock. */
  readEndMs(words: AddressWords): number {
    const ints = this.#ints;
    if (Atomics.load(ints, COUNT) === 0) return 0;
    for (let read = 0; read < READS_MAX; read++) {
      const sequence = Atomics.load(ints, SEQUENCE);
      if ((sequence & 1) !== 0) continue;
      const slot = this.find(words);
      const endMs = slot < 0 ? 0 : this.endMs(slot);
      if (Atomics.load(ints, SEQUENCE) === sequence) return endMs;
    }
    this.lock();
    const slot = this.find(words);
    const endMs = slot < 0 ? 0 : this.endMs(slot);
    this.unlock();
    return endMs;
  }

  lock(): void {
    acquireLock(this.#ints, LOCK, this.#token);
    // An odd sequence under the lock was left by a writer that is dead.
    if ((Atomics.load(this.#ints, SEQUENCE) & 1) !== 0) Atomics.add(this.#ints, SEQUENCE, 1);
  }

  unlock(): void {
    releaseLock(this.#ints, LOCK, this.#token);
  }

  /** The key's slot, or -1. Without the lock only between two looks at the sequence. */
  find(words: AddressWords): number {
    const ints = this.#ints;
    const tag = hashWords(words, this.#seedLow, this.#seedHigh);
    // The bound ends a search that meets entries on the move.
    for (let step = 0; step <= this.#mask; step++) {
      const slot = HEADER_WORDS + ((tag + step) & this.#mask) * SLOT_WORDS;
      const found = Atomics.load(ints, slot + TAG);
      if (found === 0) return -1;
      if (found === tag && this.#hasKey(slot, words)) return slot;
    }
    return -1;
  }

  endMs(slot: number): number {
    return Atomics.load(this.#ints, slot + END_HIGH) * LOW_RANGE + Atomics.load(this.#ints, slot + END_LOW);
  }

  repeats(slot: number): number {
    return Atomics.load(this.#ints, slot + REPEATS);
  }

  /** Changes an entry; needs the lock. The end is rounded up to a millisecond. */
  update(slot: number, endMs: number, repeats: number): void {
    Atomics.add(this.#ints, SEQUENCE, 1);
    this.#write(slot, endMs, repeats);
    Atomics.add(this.#ints, SEQUENCE, 1);
  }

  /** Adds an entry for a key that has none; needs the lock and room. */
  insert(words: AddressWords, endMs: number, repeats: number): void {
    const ints = this.#ints;
    const tag = hashWords(words, this.#seedLow, this.#seedHigh);
    let slot = this.#slotAt(tag);
    while (Atomics.load(ints, slot + TAG) !== 0) slot = this.#after(slot);
    Atomics.add(ints, SEQUENCE, 1);
    // Counted before it can be seen: readers take a count of 0 for an empty table.
    Atomics.add(ints, COUNT, 1);
    for (let word = 0; word < 4; word++) Atomics.store(ints, slot + word, words[word]!);
    this.#write(slot, endMs, repeats);
    Atomics.store(ints, slot + TAG, tag);
    Atomics.add(ints, SEQUENCE, 1);
  }

  /** Removes an entry and closes the gap; needs the lock. */
  remove(slot: number): void {
    const ints = this.#ints;
    Atomics.add(ints, SEQUENCE, 1);
    let hole = slot;
    for (let next = this.#after(hole); Atomics.load(ints, next + TAG) !== 0; next = this.#after(next)) {
      // An entry may move back into the hole unless its search starts behind the hole.
      const home = this.#slotAt(Atomics.load(ints, next + TAG));
      if (this.#distance(home, next) < this.#distance(hole, next)) continue;
      for (let word = 0; word < SLOT_WORDS; word++)
        Atomics.store(ints, hole + word, Atomics.load(ints, next + word));
      hole = next;
    }
    Atomics.store(ints, hole + TAG, 0);
    Atomics.sub(ints, COUNT, 1);
    Atomics.add(ints, SEQUENCE, 1);
  }

  /** Removes all entries that ended before `endMs`; needs the lock. */
  removeEndedBefore(endMs: number): void {
    for (let index = 0; index <= this.#mask; ) {
      const slot = this.#slotAt(index);
      const ended = Atomics.load(this.#ints, slot + TAG) !== 0 && this.endMs(slot) < endMs;
      // Another entry may have moved into the slot.
      if (ended) this.remove(slot);
      else index++;
    }
  }

  /** Removes one entry that has ended by now, going round the table; false where there is none. Needs the lock. */
  removeOneEnded(nowMs: number): boolean {
    const ints = this.#ints;
    // Without this bound each refusal of a flood would go round a full table.
    if (nowMs < this.#floats[EARLIEST_END]!) return false;
    let earliestMs = Number.POSITIVE_INFINITY;
    for (let step = 0; step <= this.#mask; step++) {
      const hand = Atomics.add(ints, HAND, 1);
      const slot = this.#slotAt(hand);
      if (Atomics.load(ints, slot + TAG) === 0) continue;
      const endMs = this.endMs(slot);
      if (endMs <= nowMs) {
        this.remove(slot);
        return true;
      }
      earliestMs = Math.min(earliestMs, endMs);
    }
    this.#floats[EARLIEST_END] = earliestMs;
    return false;
  }

  /** Entries as they stood at one moment. The key is valid during the call only; other writers wait for a copy. */
  forEach(callback: (words: AddressWords, endMs: number, repeats: number) => void): void {
    const copy = new Int32Array(this.#ints.length);
    this.lock();
    copy.set(this.#ints);
    this.unlock();
    for (let slot = HEADER_WORDS; slot < copy.length; slot += SLOT_WORDS) {
      if (copy[slot + TAG] === 0) continue;
      callback(
        copy.subarray(slot, slot + 4),
        copy[slot + END_HIGH]! * LOW_RANGE + copy[slot + END_LOW]!,
        copy[slot + REPEATS]!,
      );
    }
  }

  #write(slot: number, endMs: number, repeats: number): void {
    const wholeMs = Math.ceil(endMs);
    Atomics.store(this.#ints, slot + END_HIGH, Math.floor(wholeMs / LOW_RANGE));
    Atomics.store(this.#ints, slot + END_LOW, wholeMs % LOW_RANGE);
    Atomics.store(this.#ints, slot + REPEATS, repeats);
    this.#floats[EARLIEST_END] = Math.min(this.#floats[EARLIEST_END]!, wholeMs);
  }

  #hasKey(slot: number, words: AddressWords): boolean {
    const ints = this.#ints;
    return (
      Atomics.load(ints, slot + 3) === words[3] &&
      Atomics.load(ints, slot + 2) === words[2] &&
      Atomics.load(ints, slot + 1) === words[1] &&
      Atomics.load(ints, slot) === words[0]
    );
  }

  #slotAt(index: number): number {
    return HEADER_WORDS + (index & this.#mask) * SLOT_WORDS;
  }

  #after(slot: number): number {
    return this.#slotAt((slot - HEADER_WORDS) / SLOT_WORDS + 1);
  }

  /** Steps from one slot forward to another. */
  #distance(from: number, to: number): number {
    return ((to - from) / SLOT_WORDS) & this.#mask;
  }
}

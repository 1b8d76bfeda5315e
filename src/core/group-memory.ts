/**
 * What the tables of clients and of limits have in common: shared memory that is divided into groups of entries, each
 * group with its own lock, of which a keyed hash names one.
 *
 *     header | group | group | ...          group = lock | what the table makes of it
 *
 * The header holds the number of groups, the secret of the hash and the table's counters. Groups are as many as
 * were asked for, not a power of two: a hash is scaled to them, so its upper bits choose.
 */
import type { HashSeed } from './keyed-hash.ts';
import { acquireLock, releaseLock } from './spin-lock.ts';

/** Offsets in 32-bit words. */
const GROUPS = 0;
const SEED_LOW = 1;
const SEED_HIGH = 2;
const THREADS = 3;
const TRACKED = 4;
const EVICTIONS = 5;
const OVERFLOWS = 6;

/** Position of the first group. */
export const FIRST_GROUP = 16;

export function createGroupMemory(groups: number, groupWords: number, seed: HashSeed): SharedArrayBuffer {
  const memory = new SharedArrayBuffer((FIRST_GROUP + groups * groupWords) * 4);
  const ints = new Int32Array(memory);
  ints[GROUPS] = groups;
  ints[SEED_LOW] = seed.low;
  ints[SEED_HIGH] = seed.high;
  return memory;
}

export class GroupMemory {
  /** The whole memory as words. */
  readonly ints: Int32Array;
  /** The secret that hashes must be made with. */
  readonly seed: HashSeed;
  readonly #groupWords: number;
  readonly #groupsPerHash: number;
  /** Names this thread as the owner of a lock. */
  readonly #token: number;

  constructor(memory: SharedArrayBuffer, groupWords: number) {
    const ints = new Int32Array(memory);
    this.ints = ints;
    this.seed = { low: ints[SEED_LOW]!, high: ints[SEED_HIGH]! };
    this.#groupWords = groupWords;
    this.#groupsPerHash = ints[GROUPS]! / 2 ** 32;
    this.#token = Atomics.add(ints, THREADS, 1) + 1;
  }

  /** Locks the group that a hash names and returns its position in words; `leave` must follow. */
  enter(hash: number): number {
    const group = FIRST_GROUP + Math.floor((hash >>> 0) * this.#groupsPerHash) * this.#groupWords;
    acquireLock(this.ints, group, this.#token);
    return group;
  }

  leave(group: number): void {
    releaseLock(this.ints, group, this.#token);
  }

  /** Notes that an entry was given away: one that was free, or that of another. */
  notePlaced(wasFree: boolean): void {
    Atomics.add(this.ints, wasFree ? TRACKED : EVICTIONS, 1);
  }

  /** Notes that there was no entry to give. */
  noteOverflow(): void {
    Atomics.add(this.ints, OVERFLOWS, 1);
  }

  /** Entries that are not free. */
  tracked(): number {
    return Atomics.load(this.ints, TRACKED);
  }

  /** How often an entry was given away that had been another's; wraps at 2^32. */
  evictions(): number {
    return Atomics.load(this.ints, EVICTIONS) >>> 0;
  }

  /** How often there was no entry to give; wraps at 2^32. */
  overflows(): number {
    return Atomics.load(this.ints, OVERFLOWS) >>> 0;
  }
}

/**
 * The shared memory of the limits' table: groups of sixteen entries, each group with its own lock.
 *
 *     group = lock | 16 tags | 4 tags | entry 0 | ... | entry 15 | pool 0 | ... | pool 3
 *
 * A key is 64 bits of a keyed hash: one word chooses the group and is the tag there, the other is kept in the entry. A
 * newcomer takes a free entry or one whose loss changes nothing: everything it counted has drained or was
 * forgotten, so evicting never hands out a fresh allowance. Where there is none, all newcomers of the same
 * limit share one of the group's pools, and with it the allowance of a single key, until an entry is void again;
 * whoever then gets an entry of his own starts where the pool stands, which is at least what he used himself.
 *
 * Four pools serve four limits; a newcomer of a fifth is refused while the group is full. An attacker with many keys
 * can therefore fill the table, but gains nothing by it, and strangers who meet him there are slowed down.
 *
 * There is room for a third more keys than were asked for, so that few groups are full before the whole table is.
 * A thread that is terminated within a lock leaves its group usable (see spin-lock.ts).
 */
import { createGroupMemory, GroupMemory } from './group-memory.ts';
import type { HashSeed } from './keyed-hash.ts';
import {
  CHECK,
  clearEntry,
  inheritEntry,
  isVoidEntry,
  LIMIT_ENTRY_WORDS,
  type LimitMemory,
} from './limit-entry.ts';
import type { LimitRate } from './limit-rate.ts';

const WAYS = 16;
const POOLS = 4;
/** Keys for which a group is made. */
const KEYS_PER_GROUP = 12;
const GROUPS_MAX = 2 ** 20;

/** Offsets in a group, in 32-bit words. */
const TAGS = 2;
const POOL_TAGS = TAGS + WAYS;
const ENTRIES = POOL_TAGS + POOLS + 2;
const POOL_ENTRIES = ENTRIES + WAYS * LIMIT_ENTRY_WORDS;
const GROUP_WORDS = POOL_ENTRIES + POOLS * LIMIT_ENTRY_WORDS;

/** Memory for `keysMax` keys (up to twelve million), about 61 bytes each. */
export function createLimitTableMemory(keysMax: number, seed: HashSeed): SharedArrayBuffer {
  const groups = Math.min(Math.ceil(keysMax / KEYS_PER_GROUP), GROUPS_MAX);
  return createGroupMemory(groups, GROUP_WORDS, seed);
}

export class LimitGroups {
  readonly table: GroupMemory;
  readonly memory: LimitMemory;
  readonly #ints: Int32Array;

  constructor(memory: SharedArrayBuffer) {
    this.table = new GroupMemory(memory, GROUP_WORDS);
    const { ints } = this.table;
    this.#ints = ints;
    this.memory = { ints, floats: new Float64Array(memory), halves: new Uint16Array(memory) };
  }

  /** The entry that a key is judged by: its own, made if need be, or the pool of its limit; -1 where there is none. */
  claim(group: number, low: number, high: number, nowTicks: number, rate: LimitRate): number {
    const entry = this.find(group, low, high);
    return entry < 0 ? this.#place(group, low, high, nowTicks, rate) : entry;
  }

  /** The entry that belongs to a key alone; -1 where it has none. */
  find(group: number, low: number, high: number): number {
    return this.#find(group + TAGS, group + ENTRIES, WAYS, low, high);
  }

  #find(tags: number, entries: number, count: number, low: number, high: number): number {
    const ints = this.#ints;
    for (let way = 0; way < count; way++) {
      if (ints[tags + way] !== low) continue;
      const entry = entries + way * LIMIT_ENTRY_WORDS;
      if (ints[entry + CHECK] === high) return entry;
    }
    return -1;
  }

  #place(group: number, low: number, high: number, nowTicks: number, rate: LimitRate): number {
    const { memory } = this;
    const ints = this.#ints;
    const { identityLow, identityHigh } = rate;
    const pool = this.#find(group + POOL_TAGS, group + POOL_ENTRIES, POOLS, identityLow, identityHigh);
    const way = this.#vacancy(group + TAGS, group + ENTRIES, WAYS, nowTicks);
    if (way < 0) {
      this.table.noteOverflow();
      return pool < 0 ? this.#openPool(group, nowTicks, rate) : pool;
    }
    const entry = group + ENTRIES + way * LIMIT_ENTRY_WORDS;
    const tagAt = group + TAGS + way;
    this.table.notePlaced(ints[tagAt] === 0);
    if (pool < 0) clearEntry(memory, entry, high);
    else inheritEntry(memory, entry, high, pool);
    ints[tagAt] = low;
    return entry;
  }

  #openPool(group: number, nowTicks: number, { identityLow, identityHigh }: LimitRate): number {
    const way = this.#vacancy(group + POOL_TAGS, group + POOL_ENTRIES, POOLS, nowTicks);
    if (way < 0) return -1;
    const pool = group + POOL_ENTRIES + way * LIMIT_ENTRY_WORDS;
    clearEntry(this.memory, pool, identityHigh);
    this.#ints[group + POOL_TAGS + way] = identityLow;
    return pool;
  }

  /** The place of a free entry, or of one that a fresh one could stand for; -1 where there is none. */
  #vacancy(tags: number, entries: number, count: number, nowTicks: number): number {
    const ints = this.#ints;
    let vacancy = -1;
    for (let way = 0; way < count; way++) {
      if (ints[tags + way] === 0) return way;
      if (vacancy < 0 && isVoidEntry(ints, entries + way * LIMIT_ENTRY_WORDS, nowTicks)) vacancy = way;
    }
    return vacancy;
  }
}

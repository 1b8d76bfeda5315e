/**
 * Limits on anything, exact over all threads of the node: how much of a key's allowance is used.
 *
 * One table in shared memory of fixed size, for all limits together. A key is the hash of a limit's identity and of
 * what it counts by (limit-key.ts). How keys find room is told in limit-groups.ts, what is kept of each in
 * limit-entry.ts. Rates come with each call, so a reload changes them at once, and limits that a reload brings need
 * nothing prepared. A call locks one group for well under a microsecond, allocates nothing and does not throw; its
 * cost does not grow with the number of keys.
 */
import type { HashSeed } from './keyed-hash.ts';
import { chargeEntry, toTicks } from './limit-entry.ts';
import { LimitGroups } from './limit-groups.ts';
import type { LimitRate } from './limit-rate.ts';

/** What a newcomer is told whom a full group has no place for. */
const FULL_WAIT_SECONDS = 1;

export class LimitTable {
  readonly #groups: LimitGroups;

  /** Joins a table; the memory comes from `createLimitTableMemory` and is shared by all threads. */
  constructor(memory: SharedArrayBuffer) {
    this.#groups = new LimitGroups(memory);
  }

  /** The secret that keys must be hashed with. */
  get seed(): HashSeed {
    return this.#groups.table.seed;
  }

  /**
   * Lets one request of a key pass and returns 0, or returns the whole seconds (1 to a day) after which one would;
   * a refused request consumes nothing.
   */
  charge(low: number, high: number, nowMs: number, rate: LimitRate): number {
    const groups = this.#groups;
    const nowUs = Math.floor(nowMs * 1000);
    const group = groups.table.enter(low);
    const entry = groups.claim(group, low, high, toTicks(nowUs), rate);
    const seconds = entry < 0 ? FULL_WAIT_SECONDS : chargeEntry(groups.memory, entry, nowUs, rate);
    groups.table.leave(group);
    return seconds;
  }

  /** Entries in use, also by keys that could be evicted. */
  trackedKeys(): number {
    return this.#groups.table.tracked();
  }

  /** How often an entry went to another key; wraps at 2^32. */
  evictions(): number {
    return this.#groups.table.evictions();
  }

  /** How often a key had to share an entry, or was refused, because its group was full; wraps at 2^32. */
  overflows(): number {
    return this.#groups.table.overflows();
  }
}

/**
 * Limits that hold for the fleet: windows in the table of all limits, with room for what this node may admit of
 * each key instead of for the whole limit.
 *
 * A key that nobody has spoken of has the share that a node may admit by itself. One that is used enough gets a slot
 * (fleet-slots.ts), through which the main thread tells the fleet of it and lets it have more or less. Everything that
 * concerns a key happens under the lock of its group: when the main thread has lowered an allowance and then counts what is
 * used, nothing is admitted behind that count by the old one. The bound over all nodes rests on it.
 *
 * A charge costs what it costs in limit-table.ts and a look at sixteen words.
 */
import { FLEET_SLOTS, FleetSlots, type HotKey } from './fleet-slots.ts';
import type { HashSeed } from './keyed-hash.ts';
import { CHECK, chargeWindow, countWindow, toTicks } from './limit-entry.ts';
import { LimitGroups } from './limit-groups.ts';
import type { LimitRate } from './limit-rate.ts';

/** What a newcomer is told whom a full group has no place for. */
const FULL_WAIT_SECONDS = 1;

/** What a node may admit of a fleet-wide limit without a word from the fleet. */
export interface FleetShare {
  /** Requests in a window, at least 1. */
  readonly own: number;
  /** From how many in a window on the fleet hears of a key, at least 1. */
  readonly hotAt: number;
}

/** How a hot key stands at one moment. */
export interface KeyStanding extends HotKey {
  readonly slot: number;
  readonly used: number;
  readonly allowance: number;
}

export class FleetLimitTable {
  readonly #groups: LimitGroups;
  readonly #slots: FleetSlots;

  /** Joins both; the limits' memory is that of the node's limits. */
  constructor(limits: SharedArrayBuffer, slots: SharedArrayBuffer) {
    this.#groups = new LimitGroups(limits);
    this.#slots = new FleetSlots(slots);
  }

  /** The secret that keys must be hashed with, always as it is at the moment. */
  get seed(): HashSeed {
    return this.#slots.seed;
  }

  /** How often a key found no slot; wraps at 2^32. */
  get overflows(): number {
    return this.#slots.overflows();
  }

  /** As `LimitTable.charge`, for a rate with a window. */
  charge(low: number, high: number, nowMs: number, rate: LimitRate, { own, hotAt }: FleetShare): number {
    const { table, memory } = this.#groups;
    const nowUs = Math.floor(nowMs * 1000);
    const nowTicks = toTicks(nowUs);
    const group = table.enter(low);
    const entry = this.#groups.claim(group, low, high, nowTicks, rate);
    let seconds = FULL_WAIT_SECONDS;
    if (entry >= 0) {
      const slot = this.#slots.find(low, high);
      // A pool counts for many keys; none of them may use it up with what it alone was allowed.
      const alone = memory.ints[entry + CHECK] === high;
      const room = slot < 0 || !alone ? own : this.#slots.allowance(slot, own, nowTicks);
      seconds = chargeWindow(memory, entry, nowUs, rate, room);
      if (slot < 0 && alone && countWindow(memory, entry, nowUs, rate) >= hotAt) {
        const { identityLow, identityHigh } = rate;
        this.#slots.claim({ low, high, identityLow, identityHigh }, nowTicks);
      }
    }
    table.leave(group);
    return seconds;
  }

  /** The keys that have a slot. */
  hotKeys(): readonly (HotKey & { readonly slot: number })[] {
    const keys: (HotKey & { readonly slot: number })[] = [];
    for (let slot = 0; slot < FLEET_SLOTS; slot++) {
      const key = this.#slots.read(slot);
      if (key !== null) keys.push({ ...key, slot });
    }
    return keys;
  }

  /**
   * How a hot key stands. Where so little of it is used that the fleet need not know, it is left to the node's own share
   * in the same moment, and the answer is null.
   */
  settle(
    key: HotKey & { readonly slot: number },
    rate: LimitRate,
    { own, hotAt }: FleetShare,
    nowMs: number,
  ): KeyStanding | null {
    const { table, memory } = this.#groups;
    const nowUs = Math.floor(nowMs * 1000);
    const nowTicks = toTicks(nowUs);
    const group = table.enter(key.low);
    const entry = this.#groups.find(group, key.low, key.high);
    const used = entry < 0 ? 0 : countWindow(memory, entry, nowUs, rate);
    // A worker may have read its clock a moment ago, when the word of the fleet still held.
    if (!this.#slots.isAllowed(key.slot, nowTicks)) this.#slots.allow(key.slot, own, nowTicks);
    const allowance = this.#slots.allowance(key.slot, own, nowTicks);
    // One that was cut short stays known for as long as it is used at all: its own share is more than it may have.
    const keeps = used >= (allowance < own ? 1 : hotAt);
    if (!keeps) this.#slots.free(key.slot);
    table.leave(group);
    return keeps ? { ...key, used, allowance } : null;
  }

  /** Lets a hot key have so much until a monotonic time; a key without a slot is left alone. */
  allow(low: number, high: number, allowance: number, untilMs: number): void {
    const group = this.#groups.table.enter(low);
    const slot = this.#slots.find(low, high);
    if (slot >= 0) this.#slots.allow(slot, allowance, toTicks(Math.floor(untilMs * 1000)));
    this.#groups.table.leave(group);
  }

  /** Leaves a key to the node's own share. */
  release(key: HotKey & { readonly slot: number }): void {
    const group = this.#groups.table.enter(key.low);
    this.#slots.free(key.slot);
    this.#groups.table.leave(group);
  }

  /** Keys are those of another fleet from now on; what was known of the others is left to the node's own share. */
  setSeed(seed: HashSeed): void {
    this.#slots.setSeed(seed);
    for (const key of this.hotKeys()) this.release(key);
  }
}

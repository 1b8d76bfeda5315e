/**
 * Shared memory for the keys of fleet-wide limits that are in use enough for the fleet to know: at most
 * `FLEET_SLOTS` of them, and what the fleet lets this node admit for each.
 *
 *     header | slot | slot | ...          slot = low | high | identity (two words) | allowance | until
 *
 * The header holds the secret that keys are hashed with, which is that of the fleet: all nodes have to arrive at
 * the same key. It changes where the fleet does, and all slots are free then.
 *
 * A worker takes a slot for a key while it holds the lock of the key's group in the table of limits, and the main thread
 * gives it back under the same lock; so whoever holds that lock sees the slot of a key stand still. Where no slot
 * is free, the key has what a node may admit by itself, and no more: fewer slots never let more pass.
 */
import type { HashSeed } from './keyed-hash.ts';
import { acquireLock, releaseLock } from './spin-lock.ts';

export const FLEET_SLOTS = 512;
const WAYS = 16;
const SETS = FLEET_SLOTS / WAYS;

/** Offsets in 32-bit words: of the header, of a slot. */
const SEED_LOW = 0;
const SEED_HIGH = 1;
const LOCK = 2;
const THREADS = 3;
const OVERFLOWS = 4;
const HEADER_WORDS = 8;
const LOW = 0;
const HIGH = 1;
const IDENTITY_LOW = 2;
const IDENTITY_HIGH = 3;
const ALLOWANCE = 4;
const UNTIL = 5;
const SLOT_WORDS = 8;

export interface HotKey {
  readonly low: number;
  readonly high: number;
  /** Of the limit that counts by it. */
  readonly identityLow: number;
  readonly identityHigh: number;
}

/** Memory for `FLEET_SLOTS` keys, 16 KB. @param seed until the fleet has told its own */
export function createFleetSlotsMemory(seed: HashSeed): SharedArrayBuffer {
  const memory = new SharedArrayBuffer((HEADER_WORDS + FLEET_SLOTS * SLOT_WORDS) * 4);
  const ints = new Int32Array(memory);
  ints[SEED_LOW] = seed.low;
  ints[SEED_HIGH] = seed.high;
  return memory;
}

export class FleetSlots {
  readonly #ints: Int32Array;
  readonly #token: number;
  /** The secret of the keys, always as it is at the moment. */
  readonly seed: HashSeed;

  constructor(memory: SharedArrayBuffer) {
    const ints = new Int32Array(memory);
    this.#ints = ints;
    this.#token = Atomics.add(ints, THREADS, 1) + 1;
    this.seed = {
      get low() {
        return Atomics.load(ints, SEED_LOW);
      },
      get high() {
        return Atomics.load(ints, SEED_HIGH);
      },
    };
  }

  /** Keys are hashed with this secret from now on. */
  setSeed({ low, high }: HashSeed): void {
    Atomics.store(this.#ints, SEED_LOW, low);
    Atomics.store(this.#ints, SEED_HIGH, high);
  }

  /** The slot of a key, or -1. */
  find(low: number, high: number): number {
    const ints = this.#ints;
    const first = setOf(high);
    for (let slot = first; slot < first + WAYS; slot++) {
      const at = HEADER_WORDS + slot * SLOT_WORDS;
      if (Atomics.load(ints, at + LOW) === low && Atomics.load(ints, at + HIGH) === high) return slot;
    }
    return -1;
  }

  /** Takes a slot for a key that has none and whose group the caller has locked; false where none is free. */
  claim({ low, high, identityLow, identityHigh }: HotKey, nowTicks: number): boolean {
    const ints = this.#ints;
    acquireLock(ints, LOCK, this.#token);
    const at = this.#vacancy(setOf(high));
    if (at >= 0) {
      Atomics.store(ints, at + HIGH, high);
      Atomics.store(ints, at + IDENTITY_LOW, identityLow);
      Atomics.store(ints, at + IDENTITY_HIGH, identityHigh);
      // Until something is allowed the node has what it may admit by itself.
      Atomics.store(ints, at + ALLOWANCE, 0);
      Atomics.store(ints, at + UNTIL, nowTicks);
      // Last, because other threads read without this lock.
      Atomics.store(ints, at + LOW, low);
    }
    releaseLock(ints, LOCK, this.#token);
    if (at < 0) Atomics.add(ints, OVERFLOWS, 1);
    return at >= 0;
  }

  /** What the key of a slot may use; where the fleet's word has run out, what the node may admit by itself. */
  allowance(slot: number, own: number, nowTicks: number): number {
    if (!this.isAllowed(slot, nowTicks)) return own;
    return Atomics.load(this.#ints, HEADER_WORDS + slot * SLOT_WORDS + ALLOWANCE);
  }

  /** Whether the fleet's word on a slot still holds. */
  isAllowed(slot: number, nowTicks: number): boolean {
    const until = Atomics.load(this.#ints, HEADER_WORDS + slot * SLOT_WORDS + UNTIL);
    return ((until - nowTicks) | 0) > 0;
  }

  /** What the fleet allows up to a time in ticks; the caller has locked the key's group. */
  allow(slot: number, allowance: number, untilTicks: number): void {
    const at = HEADER_WORDS + slot * SLOT_WORDS;
    Atomics.store(this.#ints, at + ALLOWANCE, allowance);
    Atomics.store(this.#ints, at + UNTIL, untilTicks);
  }

  /** Gives a slot back; the caller has locked the key's group. */
  free(slot: number): void {
    Atomics.store(this.#ints, HEADER_WORDS + slot * SLOT_WORDS + LOW, 0);
  }

  /** Whose slot it is; null where it is free. For the thread that frees slots. */
  read(slot: number): HotKey | null {
    const ints = this.#ints;
    const at = HEADER_WORDS + slot * SLOT_WORDS;
    const low = Atomics.load(ints, at + LOW);
    if (low === 0) return null;
    const high = Atomics.load(ints, at + HIGH);
    const identityLow = Atomics.load(ints, at + IDENTITY_LOW);
    return { low, high, identityLow, identityHigh: Atomics.load(ints, at + IDENTITY_HIGH) };
  }

  /** How often a key found no slot; wraps at 2^32. */
  overflows(): number {
    return Atomics.load(this.#ints, OVERFLOWS) >>> 0;
  }

  #vacancy(first: number): number {
    for (let slot = first; slot < first + WAYS; slot++) {
      const at = HEADER_WORDS + slot * SLOT_WORDS;
      if (Atomics.load(this.#ints, at + LOW) === 0) return at;
    }
    return -1;
  }
}

/** The first slot of the set that a key belongs to. */
function setOf(high: number): number {
  return (high & (SETS - 1)) * WAYS;
}

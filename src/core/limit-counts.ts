/**
 * How many requests each limit refused, and how many it would have refused: counters in memory that all threads share.
 *
 *     header | place | place | ...          place = identity (two words), refused, observed
 *
 * A limit gets a place by its identity when it is first reached, so limits that a reload brings are counted like all
 * others, and one that comes back goes on where it stood. Places are never given back; what comes after the
 * last one is counted together.
 */
import { acquireLock, releaseLock } from './spin-lock.ts';

/** Limits that have counters of their own, over the life of the process. */
export const COUNTED_LIMITS_MAX = 1024;

/** Offsets in 32-bit words: of the header, of a place. */
const LOCK = 0;
const THREADS = 1;
const HEADER_WORDS = 4;
const LOW = 0;
const HIGH = 1;
const REFUSED = 2;
const OBSERVED = 3;
const PLACE_WORDS = 4;
/** The place of all that have none. */
const OTHERS = HEADER_WORDS + COUNTED_LIMITS_MAX * PLACE_WORDS;

/** How often a limit was reached; each wraps at 2^32. */
export interface LimitCount {
  readonly refused: number;
  readonly observed: number;
}

export function createLimitCountsMemory(): SharedArrayBuffer {
  return new SharedArrayBuffer((OTHERS + PLACE_WORDS) * 4);
}

export class LimitCounts {
  readonly #ints: Int32Array;
  readonly #token: number;

  constructor(memory: SharedArrayBuffer) {
    this.#ints = new Int32Array(memory);
    this.#token = Atomics.add(this.#ints, THREADS, 1) + 1;
  }

  /** Counts a request that the limit refused, or with `observed` would have; the low word is not 0. */
  count(low: number, high: number, observed: boolean): void {
    let place = this.#find(low, high);
    if (place < 0) {
      acquireLock(this.#ints, LOCK, this.#token);
      place = this.#claim(low, high);
      releaseLock(this.#ints, LOCK, this.#token);
    }
    Atomics.add(this.#ints, place + (observed ? OBSERVED : REFUSED), 1);
  }

  read(low: number, high: number): LimitCount {
    const place = this.#find(low, high);
    return place < 0 || place === OTHERS ? { refused: 0, observed: 0 } : this.#read(place);
  }

  /** The limits without a place of their own. */
  readOthers(): LimitCount {
    return this.#read(OTHERS);
  }

  #read(place: number): LimitCount {
    return {
      refused: Atomics.load(this.#ints, place + REFUSED) >>> 0,
      observed: Atomics.load(this.#ints, place + OBSERVED) >>> 0,
    };
  }

  /** The place of an identity, or -1 where it can still get one: places are taken from the first on. */
  #find(low: number, high: number): number {
    const ints = this.#ints;
    for (let place = HEADER_WORDS; place < OTHERS; place += PLACE_WORDS) {
      const found = Atomics.load(ints, place + LOW);
      if (found === low && ints[place + HIGH] === high) return place;
      if (found === 0) return -1;
    }
    return OTHERS;
  }

  /** As above under the lock, where no other thread takes a place: a free one becomes that of the identity. */
  #claim(low: number, high: number): number {
    const ints = this.#ints;
    const found = this.#find(low, high);
    if (found >= 0) return found;
    let place = HEADER_WORDS;
    while (ints[place + LOW] !== 0) place += PLACE_WORDS;
    ints[place + HIGH] = high;
    // Last, because other threads read without the lock.
    Atomics.store(ints, place + LOW, low);
    return place;
  }
}

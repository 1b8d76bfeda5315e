/**
 * Time as an argument. Deciding code takes a Clock, so that tests and simulations advance time themselves.
 *
 * The monotonic time has one origin for every thread of the process, which is what lets worker threads
 * compare the times that they leave in shared memory.
 */
export interface Clock {
  /** Monotonic milliseconds with a fraction; the same origin in every thread of the process. */
  nowMs(): number;
  /** Milliseconds since 1970 by the wall clock, which may be stepped; only for what people read or disks keep. */
  wallMs(): number;
}

/**
 * The clock of the running system.
 *
 * Counted from the thread's own time origin, which both runtimes know against one and the same scale. The
 * raw monotonic clock would be simpler, but one of them counts it from the start of each thread. A wall clock
 * that is stepped while the process lives is seen by threads that start afterwards only.
 */
export function createSystemClock(): Clock {
  const originMs = performance.timeOrigin;
  return {
    nowMs: () => originMs + performance.now(),
    wallMs: () => Date.now(),
  };
}

/** A clock that stands still until it is advanced. */
export class ManualClock implements Clock {
  #nowMs: number;
  readonly #wallOffsetMs: number;

  constructor(startMs = 1_000_000, wallOffsetMs = 1_700_000_000_000) {
    this.#nowMs = startMs;
    this.#wallOffsetMs = wallOffsetMs;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  wallMs(): number {
    return this.#wallOffsetMs + this.#nowMs;
  }

  advanceMs(deltaMs: number): void {
    this.#nowMs += deltaMs;
  }
}

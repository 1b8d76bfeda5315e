/**
 * Time as an argument. Deciding code takes a Clock, so that tests and simulations advance time themselves.
 *
 * The monotonic time has one origin for every thread of the process (the boot of the machine), which is
 * what lets worker threads compare the times that they leave in shared memory.
 */
export interface Clock {
  /** Monotonic milliseconds with a fraction; the same origin in every thread of the machine. */
  nowMs(): number;
  /** Milliseconds since 1970 by the wall clock, which may be stepped; only for what people read or disks keep. */
  wallMs(): number;
}

/** The clock of the running system. */
export function createSystemClock(): Clock {
  const offsetMs = measureOffsetMs();
  return {
    nowMs: () => performance.now() + offsetMs,
    wallMs: () => Date.now(),
  };
}

const OFFSET_READINGS = 16;

/**
 * From this thread's `performance.now` to the machine's monotonic clock. The two are read one after the other,
 * and whatever happens in between would stay in the offset for ever: of several pairs the closest counts.
 */
function measureOffsetMs(): number {
  let offsetMs = 0;
  let closestMs = Number.POSITIVE_INFINITY;
  for (let reading = 0; reading < OFFSET_READINGS; reading++) {
    const before = performance.now();
    const [seconds, nanoseconds] = process.hrtime();
    const after = performance.now();
    if (after - before >= closestMs) continue;
    closestMs = after - before;
    offsetMs = seconds * 1000 + nanoseconds / 1e6 - (before + after) / 2;
  }
  return offsetMs;
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

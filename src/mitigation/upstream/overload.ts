/**
 * How much a worker has to do beyond what it can, as a level from 0 to 3: requests of a class below the level are shed.
 *
 * Two things are looked at, four times a second: how late that look comes, which is how long everything waits for its
 * turn in this thread; and how much of the memory for bodies is taken. One late look is chance (a collection of garbage,
 * a busy neighbour), so the better one of the last two counts.
 */
import type { Priority } from '../pipeline/priority.ts';

/** Milliseconds of lateness that make levels 1, 2 and 3. */
const LATE_MS: readonly number[] = [200, 1000, 3000];
/** Shares of the memory for bodies that make levels 1 and 2; beyond it bodies are refused one by one. */
const MEMORY_SHARES: readonly number[] = [0.8, 0.95];

export class Overload {
  /** Requests of a class below it are shed. */
  level = 0;
  readonly #intervalMs: number;
  #lookedMs: number;
  #lateMs = 0;

  /** @param intervalMs time from one look to the next, as it should be */
  constructor(intervalMs: number, nowMs: number) {
    this.#intervalMs = intervalMs;
    this.#lookedMs = nowMs;
  }

  admits(priority: Priority): boolean {
    return priority >= this.level;
  }

  /** Looks at the time now, and at what bodies take of the memory they may have. */
  look(nowMs: number, bufferedBytes: number, bufferedBytesMax: number): void {
    const lateMs = Math.max(0, nowMs - this.#lookedMs - this.#intervalMs);
    const lastingMs = Math.min(lateMs, this.#lateMs);
    this.#lookedMs = nowMs;
    this.#lateMs = lateMs;
    const byTime = LATE_MS.filter((limitMs) => lastingMs >= limitMs).length;
    const byMemory = MEMORY_SHARES.filter((share) => bufferedBytes >= bufferedBytesMax * share).length;
    this.level = Math.max(byTime, bufferedBytes === 0 ? 0 : byMemory);
  }
}

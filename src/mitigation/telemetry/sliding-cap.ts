/**
 * At most `countMax` events in any stretch of `windowMs`, however it is placed: a ring of the times of the
 * last events that were let through. Memory is fixed by `countMax`.
 */
export class SlidingCap {
  readonly #times: Float64Array;
  readonly #windowMs: number;
  #oldest = 0;

  constructor(countMax: number, windowMs: number) {
    this.#times = new Float64Array(countMax).fill(Number.NEGATIVE_INFINITY);
    this.#windowMs = windowMs;
  }

  /** Whether one more event fits at `nowMs` (monotonic); it is counted if so. */
  admit(nowMs: number): boolean {
    if (nowMs - this.#times[this.#oldest]! < this.#windowMs) return false;
    this.#times[this.#oldest] = nowMs;
    this.#oldest = (this.#oldest + 1) % this.#times.length;
    return true;
  }
}

/**
 * How many requests may be repeated: a share of all requests, and a few each second whatever their number.
 *
 * Without it an origin that fails under load gets the load again for each failure. Requests of the last ten seconds
 * count, in one-second slices.
 */
const SLICES = 10;
const SLICE_MS = 1000;

export interface RetryAllowance {
  readonly budgetPercent: number;
  readonly budgetPerSecondMin: number;
}

export class RetryBudget {
  readonly #requests: Float64Array = new Float64Array(SLICES);
  readonly #retries: Float64Array = new Float64Array(SLICES);
  #slice = 0;
  #sliceStartMs: number;

  constructor(nowMs: number) {
    this.#sliceStartMs = nowMs;
  }

  noteRequest(): void {
    this.#requests[this.#slice] = this.#requests[this.#slice]! + 1;
  }

  /** Takes one retry out of the budget; false where it is used up. */
  take(nowMs: number, { budgetPercent, budgetPerSecondMin }: RetryAllowance): boolean {
    this.advance(nowMs);
    const allowed = (sum(this.#requests) * budgetPercent) / 100 + budgetPerSecondMin * SLICES;
    if (sum(this.#retries) + 1 > allowed) return false;
    this.#retries[this.#slice] = this.#retries[this.#slice]! + 1;
    return true;
  }

  /** Forgets what is over; called at least with every sweep. */
  advance(nowMs: number): void {
    const steps = Math.floor((nowMs - this.#sliceStartMs) / SLICE_MS);
    if (steps <= 0) return;
    for (let step = 0; step < Math.min(steps, SLICES); step++) {
      this.#slice = (this.#slice + 1) % SLICES;
      this.#requests[this.#slice] = 0;
      this.#retries[this.#slice] = 0;
    }
    this.#sliceStartMs += steps * SLICE_MS;
  }
}

function sum(values: Float64Array): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

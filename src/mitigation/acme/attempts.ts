/**
 * When something that failed may be tried again: after pauses that double up to a bound, and never before the other
 * side's Retry-After. Pure; times are monotonic milliseconds.
 */
import { type Random, spread } from '../../core/back-off.ts';

export interface AttemptPauses {
  readonly firstMs: number;
  readonly maxMs: number;
}

/** Part of a pause that is left to chance, so that a fleet does not come back in step. */
const SPREAD = 0.2;
const DOUBLINGS_MAX = 30;

export class Attempts {
  readonly #pauses: AttemptPauses;
  readonly #random: Random;
  #failures = 0;
  #heldUntilMs = Number.NEGATIVE_INFINITY;

  constructor(pauses: AttemptPauses, random: Random) {
    this.#pauses = pauses;
    this.#random = random;
  }

  mayTry(nowMs: number): boolean {
    return nowMs >= this.#heldUntilMs;
  }

  /** Notes a failure; returns the pause until the next attempt. */
  failed(nowMs: number, retryAfterMs: number): number {
    const { firstMs, maxMs } = this.#pauses;
    const doubledMs = firstMs * 2 ** Math.min(this.#failures, DOUBLINGS_MAX);
    this.#failures += 1;
    const pauseMs = Math.max(spread(Math.min(doubledMs, maxMs), SPREAD, this.#random), retryAfterMs);
    this.#heldUntilMs = nowMs + pauseMs;
    return pauseMs;
  }

  /** Notes a success; nothing more is to happen for `restMs`. */
  succeeded(nowMs: number, restMs: number): void {
    this.#failures = 0;
    this.#heldUntilMs = nowMs + restMs;
  }
}

/**
 * How an origin has treated the requests of clients lately: failures in a row, and their share of one window.
 *
 * Two half windows are kept and the older one dropped, so what counts is between half a window and a whole one old.
 */
import type { EjectionPolicy } from './upstream-policy.ts';

export class FailureWindow {
  #consecutive = 0;
  #requests = 0;
  #failures = 0;
  #requestsBefore = 0;
  #failuresBefore = 0;
  #startMs: number;

  constructor(nowMs: number) {
    this.#startMs = nowMs;
  }

  noteSuccess(nowMs: number, policy: EjectionPolicy): void {
    this.#advance(nowMs, policy);
    this.#requests++;
    this.#consecutive = 0;
  }

  /** Counts a failure; true where the origin has failed too often. */
  noteFailure(nowMs: number, policy: EjectionPolicy): boolean {
    this.#advance(nowMs, policy);
    this.#requests++;
    this.#failures++;
    this.#consecutive++;
    if (this.#consecutive >= policy.consecutiveFailures) return true;
    const requests = this.#requests + this.#requestsBefore;
    const failures = this.#failures + this.#failuresBefore;
    return requests >= policy.requestsMin && failures * 100 >= requests * policy.failurePercent;
  }

  /** Begins anew. */
  clear(nowMs: number): void {
    this.#consecutive = 0;
    this.#requests = 0;
    this.#failures = 0;
    this.#requestsBefore = 0;
    this.#failuresBefore = 0;
    this.#startMs = nowMs;
  }

  #advance(nowMs: number, { windowMs }: EjectionPolicy): void {
    const elapsedMs = nowMs - this.#startMs;
    if (elapsedMs < windowMs / 2) return;
    const adjacent = elapsedMs < windowMs;
    this.#requestsBefore = adjacent ? this.#requests : 0;
    this.#failuresBefore = adjacent ? this.#failures : 0;
    this.#requests = 0;
    this.#failures = 0;
    this.#startMs = nowMs;
  }
}

/**
 * Stops connecting to an origin that cannot be connected to.
 *
 *   closed --failures in a row--> open --its time is over--> half-open --one trial--> closed, or open for longer
 *
 * Without it every request to a dead origin waits for the whole connect timeout. Each repeat doubles the time, so that a
 * host that drops packets is bothered ever less, and a trial is all it takes to come back.
 */
import type { BreakerPolicy } from './upstream-policy.ts';

/** How far the open time may double. */
const GROWTH_MAX = 16;

export class ConnectBreaker {
  #failures = 0;
  #openUntilMs = 0;
  #growth = 1;
  #open = false;
  #trialUntilMs = 0;

  /** Whether connecting is not tried at all, or only by way of trial. */
  get isOpen(): boolean {
    return this.#open;
  }

  /** Whether a request may be sent there now; looked at while it is open only. */
  allowsTrial(nowMs: number): boolean {
    return nowMs >= this.#openUntilMs && nowMs >= this.#trialUntilMs;
  }

  /** A request goes there by way of trial; others wait for what comes of it, or until `untilMs`. */
  beginTrial(untilMs: number): void {
    this.#trialUntilMs = untilMs;
  }

  noteSuccess(): void {
    this.#failures = 0;
    this.#growth = 1;
    this.#open = false;
    this.#trialUntilMs = 0;
  }

  noteFailure(nowMs: number, { connectFailures, openMs }: BreakerPolicy): void {
    this.#failures++;
    this.#trialUntilMs = 0;
    if (!this.#open && this.#failures < connectFailures) return;
    // Several attempts that were under way fail together; only a trial makes it worse.
    if (this.#open && nowMs < this.#openUntilMs) return;
    this.#growth = this.#open ? Math.min(this.#growth * 2, GROWTH_MAX) : 1;
    this.#open = true;
    this.#openUntilMs = nowMs + openMs * this.#growth;
  }
}

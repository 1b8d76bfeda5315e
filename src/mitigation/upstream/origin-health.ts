/**
 * Whether an origin is to get requests: what its health checks say, and how it has treated the requests of clients.
 *
 *   up --`fall` bad checks in a row--> down --`rise` good ones--> up
 *   in --failed too often--> ejected, for longer each time --its time is over--> in
 *
 * An origin that comes back by either way begins with a tenth of its share and gets more as time passes. Who may be
 * ejected, so that not too much of a group is out at once, is for the group to say.
 */
import { FailureWindow } from './failure-window.ts';
import type { EjectionPolicy, HealthCheckPolicy } from './upstream-policy.ts';

const FIRST_SHARE = 0.1;

export class OriginHealth {
  readonly #window: FailureWindow;
  /** Until a check has said otherwise, an origin is taken to be well. */
  #down = false;
  /** Checks in a row that contradict `down`. */
  #contrary = 0;
  #ejectedUntilMs = 0;
  #ejected = false;
  /** Ejections of late; one after a long good time counts as the first again. */
  #repeats = 0;
  #returnedMs: number = Number.NEGATIVE_INFINITY;

  constructor(nowMs: number) {
    this.#window = new FailureWindow(nowMs);
  }

  get isDown(): boolean {
    return this.#down;
  }

  get isEjected(): boolean {
    return this.#ejected;
  }

  /** A check ended. */
  noteCheck(good: boolean, nowMs: number, { rise, fall }: HealthCheckPolicy): void {
    if (good !== this.#down) {
      this.#contrary = 0;
      return;
    }
    this.#contrary++;
    if (this.#contrary < (good ? rise : fall)) return;
    this.#contrary = 0;
    this.#down = !good;
    if (good) this.#return(nowMs);
  }

  /** Nobody checks any longer, so nobody could say that it is well again. */
  forgetChecks(): void {
    this.#down = false;
    this.#contrary = 0;
  }

  noteSuccess(nowMs: number, policy: EjectionPolicy): void {
    this.#window.noteSuccess(nowMs, policy);
  }

  /** True where it has failed too often and is to be ejected, if the group can do without it. */
  noteFailure(nowMs: number, policy: EjectionPolicy): boolean {
    return this.#window.noteFailure(nowMs, policy) && !this.#ejected;
  }

  eject(nowMs: number, { durationMs, durationMaxMs }: EjectionPolicy): void {
    const sinceReturnMs = nowMs - this.#returnedMs;
    const wellMs = durationMs * (this.#repeats + 1);
    this.#repeats = sinceReturnMs > 2 * wellMs ? 1 : this.#repeats + 1;
    this.#ejected = true;
    this.#ejectedUntilMs = nowMs + Math.min(durationMs * this.#repeats, durationMaxMs);
    this.#window.clear(nowMs);
  }

  /** Ends an ejection whose time is over, or for which there is no policy any more. */
  sweep(nowMs: number, policy: EjectionPolicy | null): void {
    if (!this.#ejected || (policy !== null && nowMs < this.#ejectedUntilMs)) return;
    this.#ejected = false;
    this.#return(nowMs);
  }

  /** The part of its share that it gets now, up to 1. */
  warmth(nowMs: number, slowStartMs: number): number {
    const sinceMs = nowMs - this.#returnedMs;
    if (sinceMs >= slowStartMs) return 1;
    return Math.max(FIRST_SHARE, sinceMs / slowStartMs);
  }

  #return(nowMs: number): void {
    this.#returnedMs = nowMs;
    this.#window.clear(nowMs);
  }
}

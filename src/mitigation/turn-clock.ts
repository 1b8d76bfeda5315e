/**
 * The time as one turn of the event loop sees it: read once when a socket has something to say, then the
 * same for everything that follows from it. Reading the system's clock for each of the half dozen moments of
 * a request would cost more than judging its limits.
 *
 * Every event that serves traffic begins with `tick`; a timer ticks a few times a second besides, so that
 * rarer events never see a time older than that.
 */
import type { Clock } from '../core/clock.ts';

export class TurnClock implements Clock {
  readonly #source: Clock;
  #nowMs: number;

  constructor(source: Clock) {
    this.#source = source;
    this.#nowMs = source.nowMs();
  }

  /** Reads the clock for this turn. */
  tick(): void {
    this.#nowMs = this.#source.nowMs();
  }

  nowMs(): number {
    return this.#nowMs;
  }

  /** The time right now, for measuring something within a turn. */
  readMs(): number {
    return this.#source.nowMs();
  }

  wallMs(): number {
    return this.#source.wallMs();
  }
}

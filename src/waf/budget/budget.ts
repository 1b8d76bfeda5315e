/**
 * How much processor time one request may take. Work is counted in units of about a nanosecond; the clock is read
 * only every so many units, and once more than the limit has passed, every further question is answered with no.
 */

import type { WorkMeter } from './work-meter.ts';

/** Bytes read by one test, besides those of the value: what a call costs. */
export const TEST_COST = 32;

const UNITS_BETWEEN_READINGS = 1 << 16;

export class Budget implements WorkMeter {
  readonly #clock: () => number;
  readonly #limit: number;
  #deadline = 0;
  #units = 0;
  #exceeded = false;

  /**
   * @param clock milliseconds that never go back
   * @param limit milliseconds
   */
  constructor(clock: () => number, limit: number) {
    this.#clock = clock;
    this.#limit = limit;
    this.restart();
  }

  /** For the next request. */
  restart(): void {
    this.#deadline = this.#clock() + this.#limit;
    this.#units = 0;
    this.#exceeded = false;
  }

  /** Whether the request was cut off; what was found until then is not everything. */
  get exceeded(): boolean {
    return this.#exceeded;
  }

  /** Counts work; false once the time is over. */
  spend(units: number): boolean {
    this.#units += units;
    if (this.#units >= UNITS_BETWEEN_READINGS) {
      this.#units = 0;
      if (this.#clock() > this.#deadline) this.#exceeded = true;
    }
    return !this.#exceeded;
  }
}

/**
 * How much of a limit each class of requests may use, so that the last places are left for those above it.
 *
 * Shares are rounded up: a limit of one place serves every class.
 */
import type { Priority } from '../pipeline/priority.ts';

/** By priority: suspicious, ordinary, known good, health checks. */
const SHARES: readonly number[] = [0.5, 0.9, 0.97, 1];

export class ClassRoom {
  readonly #places: Float64Array = new Float64Array(SHARES.length);

  constructor(limit: number) {
    this.resize(limit);
  }

  resize(limit: number): void {
    for (const [priority, share] of SHARES.entries()) this.#places[priority] = Math.ceil(limit * share);
  }

  /** Whether one more of that class fits where `used` places are taken. */
  fits(priority: Priority, used: number): boolean {
    return used < this.#places[priority]!;
  }
}

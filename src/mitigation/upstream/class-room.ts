/**
 * How much of a limit each class of requests may use, so that the last places are left for those above it.
 *
 * What lower classes hold counts for a higher one only up to their own share: where the limit has shrunk below what they
 * hold already, they have overdrawn theirs, not the reserve. Clients known to be good and health checks get one place
 * each whatever lower classes hold, so that a limit may be exceeded by two. Shares are rounded up: a limit of one place
 * serves every class.
 */
import { KNOWN_GOOD, type Priority } from '../pipeline/priority.ts';

/** By priority: suspicious, ordinary, known good, health checks. */
const SHARES: readonly number[] = [0.5, 0.9, 0.97, 1];

/** Places that are taken, by priority. */
export type ClassCounts = Float64Array;

export function createClassCounts(): ClassCounts {
  return new Float64Array(SHARES.length);
}

export class ClassRoom {
  readonly #places: Float64Array = new Float64Array(SHARES.length);

  constructor(limit: number) {
    this.resize(limit);
  }

  resize(limit: number): void {
    for (const [priority, share] of SHARES.entries()) this.#places[priority] = Math.ceil(limit * share);
  }

  /** Places that are left for that class; 0 or less where one more does not fit. */
  free(priority: Priority, used: ClassCounts): number {
    const places = this.#places[priority]!;
    let lower = 0;
    for (let below = 0; below < priority; below++)
      lower = Math.min(lower + used[below]!, this.#places[below]!);
    if (priority >= KNOWN_GOOD) lower = Math.min(lower, places - 1);
    let own = 0;
    for (let above: number = priority; above < SHARES.length; above++) own += used[above]!;
    return places - lower - own;
  }
}

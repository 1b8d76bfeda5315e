/**
 * Smooth weighted round robin: in each round every origin gains its share, and the one that is ahead gets the request
 * and pays the sum of all shares. Shares of 5, 1 and 1 make A A B A C A A, not five A in a row.
 */
import type { Balance, Candidate } from './balance.ts';

export class RoundRobin implements Balance {
  #credits: Float64Array = new Float64Array(0);

  pick(candidates: readonly Candidate[]): number {
    const credits = this.#creditsFor(candidates.length);
    let best = -1;
    let total = 0;
    for (let place = 0; place < candidates.length; place++) {
      const { share } = candidates[place]!;
      if (share === 0) {
        // What was saved up before an origin went must not come down on it when it is back.
        credits[place] = 0;
        continue;
      }
      total += share;
      credits[place] = credits[place]! + share;
      if (best === -1 || credits[place]! > credits[best]!) best = place;
    }
    if (best !== -1) credits[best] = credits[best]! - total;
    return best;
  }

  #creditsFor(count: number): Float64Array {
    if (this.#credits.length !== count) this.#credits = new Float64Array(count);
    return this.#credits;
  }
}

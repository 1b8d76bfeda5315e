/**
 * The origin with the fewest requests for its share. Among equals the next one in turn, so that an idle group does not
 * send everything to its first origin.
 */
import type { Balance, Candidate } from './balance.ts';

export class LeastConnections implements Balance {
  #turn = 0;

  pick(candidates: readonly Candidate[]): number {
    const count = candidates.length;
    let best = -1;
    let bestLoad = Number.POSITIVE_INFINITY;
    for (let step = 0; step < count; step++) {
      const place = (this.#turn + step) % count;
      const { share, load } = candidates[place]!;
      if (share === 0) continue;
      // One more, as it would be with this request: of two idle origins the one with the larger share comes first.
      const relative = (load + 1) / share;
      if (relative >= bestLoad) continue;
      best = place;
      bestLoad = relative;
    }
    this.#turn = (best + 1) % Math.max(count, 1);
    return best;
  }
}

/**
 * Of two origins drawn at random the one that costs less: what it takes to answer, times the requests that it has, for
 * its share. Looking at two only keeps a herd from running to the one that looks best.
 */
import type { Balance, Candidate } from './balance.ts';

/** What an origin is taken to need while nobody knows, so that a new one is tried without being flooded. */
const UNKNOWN_MS = 1;

export class FastestOfTwo implements Balance {
  readonly #random: () => number;

  /** @param random even numbers from 0 to below 1 */
  constructor(random: () => number) {
    this.#random = random;
  }

  pick(candidates: readonly Candidate[]): number {
    let eligible = 0;
    for (const { share } of candidates) if (share > 0) eligible++;
    if (eligible === 0) return -1;
    const first = Math.floor(this.#random() * eligible);
    const place = placeOf(candidates, first);
    if (eligible === 1) return place;
    const second = (first + 1 + Math.floor(this.#random() * (eligible - 1))) % eligible;
    const other = placeOf(candidates, second);
    return costOf(candidates[other]!) < costOf(candidates[place]!) ? other : place;
  }
}

/** The place of the nth candidate that has a share. */
function placeOf(candidates: readonly Candidate[], nth: number): number {
  let left = nth;
  for (let place = 0; place < candidates.length; place++) {
    if (candidates[place]!.share > 0 && left-- === 0) return place;
  }
  return -1;
}

function costOf({ latencyMs, load, share }: Candidate): number {
  return (Math.max(latencyMs, UNKNOWN_MS) * (load + 1)) / share;
}

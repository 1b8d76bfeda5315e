/**
 * The same origin for the same client, by weighted rendezvous hashing.
 *
 * Every origin draws a number for the client, scaled by its share, and the highest wins. An origin that leaves moves
 * only its own clients, and they spread over all others; there is no ring to keep or to rebuild. The draw is -1 / ln of
 * an even number between 0 and 1 (the weighted form by Schindelhauer and Schomaker).
 */

import { hashWords } from '../../../core/keyed-hash.ts';
import type { Client } from '../../client.ts';
import type { Balance, Candidate } from './balance.ts';

const RANGE = 2 ** 32;

/** The same in every worker and node, so that a client meets the same origin wherever it comes in. */
const SEED_LOW = 0x5ec0bea7;
const SEED_HIGH = 0x0a1b2c3d;

/** Where a client belongs. */
export function clientHash({ key }: Pick<Client, 'key'>): number {
  return hashWords(key, SEED_LOW, SEED_HIGH);
}

export class ClientHash implements Balance {
  /** Hashes of the origins' names, in their order. */
  #names: readonly string[] = [];
  #hashes: Int32Array = new Int32Array(0);

  pick(candidates: readonly Candidate[], hash: number): number {
    this.#know(candidates);
    let best = -1;
    let bestScore = -1;
    for (let place = 0; place < candidates.length; place++) {
      const { share } = candidates[place]!;
      if (share === 0) continue;
      const draw = ((mix(hash ^ this.#hashes[place]!) >>> 0) + 0.5) / RANGE;
      const score = share / -Math.log(draw);
      if (score <= bestScore) continue;
      best = place;
      bestScore = score;
    }
    return best;
  }

  #know(candidates: readonly Candidate[]): void {
    const known = this.#names;
    if (known.length === candidates.length && candidates.every(({ id }, place) => id === known[place]))
      return;
    this.#names = candidates.map(({ id }) => id);
    this.#hashes = Int32Array.from(this.#names, hashText);
  }
}

/** FNV-1a: names are the operator's, and only have to differ. */
function hashText(text: string): number {
  let hash = 0x811c9dc5 | 0;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return mix(hash);
}

/** Spreads every bit over all others (the finaliser of MurmurHash3). */
function mix(value: number): number {
  let mixed = value;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}

/** Which pieces of the texts that operators need are looked for: short ones make a small automaton. */
import { expectedHits } from '../patterns/byte-frequency.ts';
import { STATES_MAX } from './literal-automaton.ts';
import type { Literal } from './literal-trie.ts';

/** Longer pieces rule hardly more values out. */
const PIECE_BYTES = 6;

/** What a slot needs: one of these texts, in lower case. */
export interface Need {
  readonly slot: number;
  readonly texts: readonly string[];
}

/** Every value that contains a text contains its piece. The pieces together fit into the automaton. */
export function chooseLiterals(needs: readonly Need[]): readonly Literal[] {
  for (let length = PIECE_BYTES; ; length -= 1) {
    const slots = new Map<string, Set<number>>();
    let bytes = 1;
    for (const { slot, texts } of needs) {
      for (const text of texts) {
        const piece = rarestPiece(text, length);
        const known = slots.get(piece);
        if (known === undefined) {
          slots.set(piece, new Set([slot]));
          bytes += piece.length;
        } else known.add(slot);
      }
    }
    if (bytes <= STATES_MAX || length === 1) {
      return Array.from(slots, ([text, members]) => ({ text, slots: [...members] }));
    }
  }
}

function rarestPiece(text: string, length: number): string {
  if (text.length <= length) return text;
  let best = 0;
  let least = expectedHits(text, 0, length);
  for (let at = 1; at + length <= text.length; at += 1) {
    const hits = expectedHits(text, at, at + length);
    if (hits >= least) continue;
    best = at;
    least = hits;
  }
  return text.slice(best, best + length);
}

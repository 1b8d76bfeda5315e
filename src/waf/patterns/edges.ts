/** When edges are open: what was read before a place, as a few bits, and the symbol behind it. */
import { AT_END, AT_LINE_END, AT_LINE_START, AT_START, AT_WORD, type Program } from './program.ts';

const AFTER_WORD = 1;
const AFTER_LINE_FEED = 2;
export const AFTER_NOTHING = 4;
/** All contexts are below. */
export const CONTEXTS = 8;

export function contextAfter({ wordClass, lineFeedClass }: Program, symbol: number): number {
  return (wordClass[symbol] === 1 ? AFTER_WORD : 0) | (symbol === lineFeedClass ? AFTER_LINE_FEED : 0);
}

/** @param symbol a class of bytes, or their number for the end of the text */
export function opens(
  { classes, wordClass, lineFeedClass }: Program,
  edge: number,
  context: number,
  symbol: number,
): boolean {
  switch (edge) {
    case AT_START:
      return (context & AFTER_NOTHING) !== 0;
    case AT_LINE_START:
      return (context & (AFTER_NOTHING | AFTER_LINE_FEED)) !== 0;
    case AT_END:
      return symbol === classes;
    case AT_LINE_END:
      return symbol === classes || symbol === lineFeedClass;
    default: {
      const differs = (context & AFTER_WORD) !== wordClass[symbol]!;
      return edge === AT_WORD ? differs : !differs;
    }
  }
}

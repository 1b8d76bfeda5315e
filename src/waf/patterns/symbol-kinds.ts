/** Which symbols a program need not tell apart: those that open the same edges, and that the same sets accept. */
import { type Program, READ } from './program.ts';

/** Symbols before which the same edges are open. */
export interface SymbolKind {
  /** At least one; of the end of the text only that. */
  readonly symbols: readonly number[];
  readonly isEnd: boolean;
}

export function symbolKinds({ classes, wordClass, lineFeedClass }: Program): readonly SymbolKind[] {
  const byEdges = new Map<number, number[]>();
  for (let symbol = 0; symbol < classes; symbol += 1) {
    const key = symbol === lineFeedClass ? 2 : wordClass[symbol]!;
    const known = byEdges.get(key);
    if (known === undefined) byEdges.set(key, [symbol]);
    else known.push(symbol);
  }
  const kinds = [...byEdges.values()].map((symbols) => ({ symbols, isEnd: false }));
  return [...kinds, { symbols: [classes], isEnd: true }];
}

/**
 * One of all symbols that no member tells apart from it.
 *
 * @param symbols of one kind
 * @param members instructions, each followed by another number
 */
export function unlikeSymbols(
  { operations, arguments: sets, accepts, classes }: Program,
  symbols: readonly number[],
  members: Int32Array,
): readonly number[] {
  const groupOf = new Uint16Array(symbols.length);
  const split = new Int16Array(2 * symbols.length);
  let groups = 1;
  let last = -1;
  for (let index = 0; index < members.length && groups < symbols.length; index += 2) {
    const at = members[index]!;
    if (operations[at] !== READ || sets[at] === last) continue;
    last = sets[at]!;
    groups = refine(groupOf, split, accepts, symbols, last * classes);
  }
  const firsts: number[] = [];
  const seen = new Uint8Array(groups);
  for (const [index, symbol] of symbols.entries()) {
    if (seen[groupOf[index]!] === 1) continue;
    seen[groupOf[index]!] = 1;
    firsts.push(symbol);
  }
  return firsts;
}

/** Splits groups by whether a set, whose row begins at `row`, accepts the symbol; returns how many groups there are. */
function refine(
  groupOf: Uint16Array,
  split: Int16Array,
  accepts: Uint8Array,
  symbols: readonly number[],
  row: number,
): number {
  split.fill(-1);
  let groups = 0;
  for (let index = 0; index < symbols.length; index += 1) {
    const key = 2 * groupOf[index]! + accepts[row + symbols[index]!]!;
    if (split[key] === -1) split[key] = groups++;
    groupOf[index] = split[key]!;
  }
  return groups;
}

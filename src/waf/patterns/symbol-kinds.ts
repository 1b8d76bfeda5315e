/** Which symbols a program need not tell apart: those that open the same edges, and that the same sets accept. */
import { EDGE, type Program, READ } from './program.ts';

/** Symbols before which the same edges are open. */
export interface SymbolKind {
  /** At least one; of the end of the text only that. */
  readonly symbols: readonly number[];
  readonly isEnd: boolean;
}

/** All symbols; the end of the text only where edges ask for it. */
export function symbolKinds({
  operations,
  classes,
  wordClass,
  lineFeedClass,
}: Program): readonly SymbolKind[] {
  const byEdges = new Map<number, number[]>();
  for (let symbol = 0; symbol < classes; symbol += 1) {
    const key = symbol === lineFeedClass ? 2 : wordClass[symbol]!;
    const known = byEdges.get(key);
    if (known === undefined) byEdges.set(key, [symbol]);
    else known.push(symbol);
  }
  const kinds = [...byEdges.values()].map((symbols) => ({ symbols, isEnd: false }));
  return operations.includes(EDGE) ? [...kinds, { symbols: [classes], isEnd: true }] : kinds;
}

/** Groups symbols by what the members of a set accept. Its arrays serve set after set. */
export class SymbolGroups {
  readonly #program: Program;
  /** By place among the symbols. */
  readonly #groupOf: Int32Array;
  /** By group, for symbols that are not accepted and for those that are: the new group, or -1. */
  readonly #split: Int32Array;
  readonly #firsts: number[] = [];

  constructor(program: Program) {
    this.#program = program;
    this.#groupOf = new Int32Array(program.classes);
    this.#split = new Int32Array(2 * program.classes);
  }

  /**
   * One symbol of each group; the list is good until the next call.
   *
   * @param symbols of one kind
   * @param members instructions, each followed by another number
   */
  representatives(symbols: readonly number[], members: readonly number[]): readonly number[] {
    const { operations, arguments: sets } = this.#program;
    this.#groupOf.fill(0);
    let groups = 1;
    let last = -1;
    for (let index = 0; index < members.length && groups < symbols.length; index += 2) {
      const at = members[index]!;
      if (operations[at] !== READ || sets[at] === last) continue;
      last = sets[at]!;
      groups = this.#refine(symbols, last);
    }
    const firsts = this.#firsts;
    firsts.length = 0;
    // Groups are numbered in the order of their first symbols.
    for (let index = 0; index < symbols.length; index += 1) {
      if (this.#groupOf[index] === firsts.length) firsts.push(symbols[index]!);
    }
    return firsts;
  }

  /** Splits groups by whether a set accepts the symbol; returns how many groups there are. */
  #refine(symbols: readonly number[], set: number): number {
    const { accepts, classes } = this.#program;
    const groupOf = this.#groupOf;
    const split = this.#split;
    const row = set * classes;
    let groups = 0;
    for (let group = 0; group < 2 * symbols.length; group += 1) split[group] = -1;
    for (let index = 0; index < symbols.length; index += 1) {
      const key = 2 * groupOf[index]! + accepts[row + symbols[index]!]!;
      let group = split[key]!;
      if (group === -1) {
        group = groups++;
        split[key] = group;
      }
      groupOf[index] = group;
    }
    return groups;
  }
}

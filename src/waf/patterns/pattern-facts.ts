/**
 * What is found out about a pattern before it runs: by far the largest part of compiling it. Facts are plain data, so
 * that one thread may find them and hand them to others.
 */
import { analyseBacktracking } from './analyse-backtracking.ts';
import { neededLiterals } from './needed-literals.ts';
import { buildProgram } from './program.ts';
import { type Node, someNode } from './syntax-tree.ts';

export interface PatternFact {
  /** As of a compiled pattern. */
  readonly needed: readonly string[] | null;
  /** How many ways a backtracking search tries at one place of a text at most; null where that is not proven. */
  readonly ways: number | null;
}

/** By the source of the pattern; only of patterns that compile. Bounded by the rules that spell the sources out. */
export type PatternFacts = Map<string, PatternFact>;

const LONG_LOOP = 100;

export function findPatternFact(root: Node): PatternFact {
  const ways = hasLongLoop(root) ? null : analyseBacktracking(buildProgram(root, -1));
  return { needed: neededLiterals(root), ways };
}

/**
 * Whether there is a long loop around more than one byte: at each round the runtime's engines put something aside,
 * which on long texts is slow, and in the end too much for them.
 */
function hasLongLoop(root: Node): boolean {
  return someNode(
    root,
    (node) => node.kind === 'repeat' && node.most > LONG_LOOP && node.body.kind !== 'bytes',
  );
}

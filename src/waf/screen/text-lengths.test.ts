import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CompiledOperator } from '../operators/operator.ts';
import { TRANSFORMATIONS } from '../transformations/transformations.ts';
import { slotsOf } from './slots.ts';
import { leastLengths } from './text-lengths.ts';
import { TransformationKinds } from './transformation-kinds.ts';
import { TransformationTree } from './transformation-tree.ts';

function operatorOf(needed: readonly string[] | null): CompiledOperator {
  return { needed, test: () => false, match: () => null };
}

interface Chained {
  readonly chain: readonly string[];
  readonly needed: readonly string[] | null;
  readonly negated?: boolean;
}

/** For each step, in the order of their first use: the least lengths before and after it. */
function leastOf(rules: readonly Chained[], prefilter = true): readonly (readonly [number, number])[] {
  const tree = new TransformationTree(new TransformationKinds());
  const slots = slotsOf(
    rules.map(({ chain, needed, negated = false }, index) => ({
      index,
      chain: chain.map((name) => ({ name, apply: TRANSFORMATIONS.get(name)! })),
      operator: operatorOf(needed),
      negated,
      multiMatch: false,
    })),
    tree,
  );
  const { before, after } = leastLengths(tree, slots, prefilter);
  return Array.from(before, (length, step) => [length, after[step]!] as const);
}

describe('the least length of a text', () => {
  it('is that of the shortest literal behind the step', () => {
    assert.deepEqual(leastOf([{ chain: ['jsdecode'], needed: ['while', 'eval'] }]), [[4, 4]]);
  });

  it('counts with steps that make texts shorter, and with those that make them longer', () => {
    const rules = [{ chain: ['utf8tounicode', 'base64decode'], needed: ['while'] }];
    assert.deepEqual(leastOf(rules), [
      [3, 7],
      [7, 5],
    ]);
  });

  it('is the least of all places where a step is used', () => {
    const rules = [
      { chain: ['jsdecode', 'cssdecode'], needed: ['abcdef'] },
      { chain: ['cssdecode'], needed: ['abc'] },
    ];
    assert.deepEqual(leastOf(rules), [
      [6, 6],
      [3, 3],
    ]);
  });

  it('is nothing where an operator looks at every text, or nobody knows what a step makes', () => {
    assert.deepEqual(leastOf([{ chain: ['jsdecode'], needed: null }]), [[0, 0]]);
    assert.deepEqual(leastOf([{ chain: ['jsdecode'], needed: ['abc'], negated: true }]), [[0, 0]]);
    assert.deepEqual(leastOf([{ chain: ['hexencode'], needed: ['abc'] }]), [[0, 3]]);
    assert.deepEqual(leastOf([{ chain: ['jsdecode'], needed: ['abc'] }], false), [[0, 0]]);
  });
});

/**
 * Slots: one for every rule at every stage of its chain where its operator looks. They are numbered stage by stage,
 * so that the slots of one stage are neighbours in a set of bits.
 */
import type { CompiledOperator } from '../operators/operator.ts';
import type { TransformationTree, TreeNode } from './transformation-tree.ts';
import type { ValueRule } from './value-rule.ts';

export interface Slot {
  readonly ruleIndex: number;
  readonly node: TreeNode;
  readonly operator: CompiledOperator;
  readonly negated: boolean;
}

/** In the order of the nodes, those of one node in the order of the rules. */
export function slotsOf(rules: readonly ValueRule[], tree: TransformationTree): readonly Slot[] {
  const slots: Slot[] = [];
  for (const { index, chain, operator, negated, multiMatch } of rules) {
    const path = tree.path(chain);
    const stages = multiMatch ? path : path.slice(-1);
    for (const node of stages) slots.push({ ruleIndex: index, node, operator, negated });
  }
  return slots.sort((one, other) => one.node.id - other.node.id || one.ruleIndex - other.ruleIndex);
}

/** The texts of which a value must have one, or the slot is out; null where it has to be asked always. */
export function neededOf({ operator, negated }: Slot): readonly string[] | null {
  const { needed } = operator;
  return negated || needed?.includes('') === true ? null : needed;
}

export function bitSet(size: number, members: Iterable<number>): Int32Array {
  const bits = new Int32Array(Math.ceil(size / 32));
  for (const member of members) bits[member >> 5] = bits[member >> 5]! | (1 << (member & 31));
  return bits;
}

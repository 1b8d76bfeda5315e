/**
 * What is to be done with values of one class: which stages of the tree of transformations have rules for it, and,
 * for each mixture of bytes that a value can have, which of them are left to be gone through. Stages whose
 * transformations cannot change a value look at the value itself, all at once.
 */
import { bitSet, type Slot } from './slots.ts';
import { mayChange } from './transformation-kinds.ts';
import type { TransformationTree, TreeNode } from './transformation-tree.ts';

/** Mixtures of bytes for which the way through the stages is kept; when there are more, all are made again. */
const WAYS_MAX = 256;

export interface Stage {
  readonly node: TreeNode;
  /** The class's slots at this node, from the word `firstWord` on; empty where the node only leads to others. */
  readonly mask: Int32Array;
  readonly firstWord: number;
}

/** How values of one mixture of bytes go. */
export interface Way {
  /** All slots that look at the value as it came. */
  readonly mask: Int32Array;
  /** The stages whose transformations may do something, parents first. */
  readonly stages: readonly Stage[];
}

export class ClassPlan {
  readonly #slotCount: number;
  readonly #stages: readonly Stage[];
  readonly #numbers: ReadonlyMap<TreeNode, readonly number[]>;
  /** The bits of all transformations of the class. */
  readonly #bits: number;
  readonly #ways = new Map<number, Way>();

  /** @param members indexes of the rules of the class */
  constructor(slots: readonly Slot[], tree: TransformationTree, members: ReadonlySet<number>) {
    this.#slotCount = slots.length;
    this.#numbers = numbersByNode(slots, tree, members);
    this.#stages = [...this.#numbers]
      .map(([node, numbers]) => stageOf(node, numbers))
      .sort((one, other) => one.node.id - other.node.id);
    this.#bits = this.#stages.reduce((bits, { node }) => bits | node.bit, 0);
  }

  /** @param kinds of all bytes of the value together */
  way(kinds: number): Way {
    const key = kinds & this.#bits;
    const known = this.#ways.get(key);
    if (known !== undefined) return known;
    if (this.#ways.size >= WAYS_MAX) this.#ways.clear();
    const way = this.#makeWay(kinds);
    this.#ways.set(key, way);
    return way;
  }

  #makeWay(kinds: number): Way {
    const active = this.#stages.filter(({ node }) => mayChange(node.pathBits, kinds));
    const idle = this.#stages.filter((stage) => !active.includes(stage));
    return {
      mask: bitSet(
        this.#slotCount,
        idle.flatMap(({ node }) => this.#numbers.get(node)!),
      ),
      stages: active,
    };
  }
}

/** The slots of the class at each node where it has some, or that leads to one that has. */
function numbersByNode(
  slots: readonly Slot[],
  tree: TransformationTree,
  members: ReadonlySet<number>,
): ReadonlyMap<TreeNode, readonly number[]> {
  const byNode = new Map<TreeNode, number[]>([[tree.nodes[0]!, []]]);
  for (const [number, { node, ruleIndex }] of slots.entries()) {
    if (!members.has(ruleIndex)) continue;
    for (let ancestor = node; !byNode.has(ancestor); ancestor = tree.nodes[ancestor.parent]!) {
      byNode.set(ancestor, []);
    }
    byNode.get(node)!.push(number);
  }
  return byNode;
}

function stageOf(node: TreeNode, numbers: readonly number[]): Stage {
  const firstWord = numbers.length === 0 ? 0 : numbers[0]! >> 5;
  const relative = numbers.map((number) => number - firstWord * 32);
  return {
    node,
    firstWord,
    mask: bitSet(numbers.length === 0 ? 0 : relative[relative.length - 1]! + 1, relative),
  };
}

/** The chains of all rules as one tree: what chains have in common at their beginning is done once a value. */
import type { TransformationKinds } from './transformation-kinds.ts';
import type { ChainStep } from './value-rule.ts';

export interface TreeNode {
  /** Parents come first; the root, at which a value is as it came, is 0. */
  readonly id: number;
  readonly parent: number;
  /** Of the root none. */
  readonly step: ChainStep | null;
  /** The same for all nodes with a step of that name; of the root -1. */
  readonly stepNumber: number;
  /** The bit of the step among the kinds of bytes, and those of all steps up to here. */
  readonly bit: number;
  readonly pathBits: number;
}

export class TransformationTree {
  readonly nodes: TreeNode[] = [{ id: 0, parent: 0, step: null, stepNumber: -1, bit: 0, pathBits: 0 }];
  readonly #kinds: TransformationKinds;
  readonly #children = new Map<string, TreeNode>();
  readonly #stepNumbers = new Map<string, number>();

  constructor(kinds: TransformationKinds) {
    this.#kinds = kinds;
  }

  /** How many different steps there are. */
  get steps(): number {
    return this.#stepNumbers.size;
  }

  /** The nodes along a chain, the root first. */
  path(chain: readonly ChainStep[]): readonly TreeNode[] {
    let node = this.nodes[0]!;
    const path = [node];
    for (const step of chain) {
      node = this.#child(node, step);
      path.push(node);
    }
    return path;
  }

  #child(parent: TreeNode, step: ChainStep): TreeNode {
    const key = `${parent.id} ${step.name}`;
    const known = this.#children.get(key);
    if (known !== undefined) return known;
    const stepNumber = this.#stepNumbers.get(step.name) ?? this.#stepNumbers.size;
    this.#stepNumbers.set(step.name, stepNumber);
    const bit = this.#kinds.bit(step.name);
    const node = {
      id: this.nodes.length,
      parent: parent.id,
      step,
      stepNumber,
      bit,
      pathBits: parent.pathBits | bit,
    };
    this.nodes.push(node);
    this.#children.set(key, node);
    return node;
  }
}

/**
 * How long a text has to be to be worth a step of a chain: what comes out must have room for one of the literals that
 * somebody looks for behind it. Decoders make next to nothing of most short values, and nobody need look at that.
 */
import { neededOf, type Slot } from './slots.ts';
import type { TransformationTree, TreeNode } from './transformation-tree.ts';

/** How many times longer a text may become, by canonical name; of what is not named nobody knows. */
const GROWTH: ReadonlyMap<string, number> = new Map([
  ['base64decode', 3 / 4],
  ['base64decodeext', 3 / 4],
  ['cmdline', 1],
  ['compresswhitespace', 1],
  ['cssdecode', 1],
  ['escapeseqdecode', 1],
  ['hexdecode', 1],
  ['htmlentitydecode', 1],
  ['jsdecode', 1],
  ['lowercase', 1],
  ['normalizepath', 1],
  ['normalizepathwin', 1],
  ['removecomments', 1],
  ['removecommentschar', 1],
  ['removenulls', 1],
  ['removewhitespace', 1],
  ['replacecomments', 1],
  ['replacenulls', 1],
  ['sqlhexdecode', 1],
  ['trim', 1],
  ['trimleft', 1],
  ['trimright', 1],
  ['uppercase', 1],
  ['urldecode', 1],
  ['urldecodeuni', 1],
  ['utf8tounicode', 3],
]);

export interface LeastLengths {
  /** By number of a step: shorter texts need not go into it. */
  readonly before: Int32Array;
  /** By number of a step: shorter texts that come out of it are of no interest. */
  readonly after: Int32Array;
}

/** @param prefilter without it every operator looks at every text */
export function leastLengths(
  tree: TransformationTree,
  slots: readonly Slot[],
  prefilter: boolean,
): LeastLengths {
  const byNode = new Float64Array(tree.nodes.length).fill(Number.POSITIVE_INFINITY);
  for (const slot of slots) {
    const least = prefilter ? leastOf(slot) : 0;
    byNode[slot.node.id] = Math.min(byNode[slot.node.id]!, least);
  }
  // Children come after their parents.
  for (const node of tree.nodes.toReversed()) {
    if (node.step !== null) byNode[node.parent] = Math.min(byNode[node.parent]!, before(node, byNode));
  }
  const steps = { before: new Int32Array(tree.steps), after: new Int32Array(tree.steps) };
  steps.before.fill(LENGTH_MAX);
  steps.after.fill(LENGTH_MAX);
  for (const node of tree.nodes) {
    if (node.step === null) continue;
    const number = node.stepNumber;
    steps.before[number] = Math.min(steps.before[number]!, before(node, byNode));
    steps.after[number] = Math.min(steps.after[number]!, byNode[node.id]!);
  }
  return steps;
}

const LENGTH_MAX = 0x7fff_ffff;

function before(node: TreeNode, byNode: Float64Array): number {
  const growth = GROWTH.get(node.step?.name ?? '');
  return growth === undefined ? 0 : Math.ceil(byNode[node.id]! / growth);
}

/** The length of the shortest text that the slot can match. */
function leastOf(slot: Slot): number {
  let least = Number.POSITIVE_INFINITY;
  for (const text of neededOf(slot) ?? ['']) least = Math.min(least, text.length);
  return least;
}

/**
 * Chooses nodes for one client: from the nearest region that has any, each as often as its weight says.
 *
 * Weighted sampling without replacement by the keys of Efraimidis and Spirakis (2006): of u^(1/w) with u even in (0, 1)
 * the largest are taken, so one node comes first in exactly its share of all answers.
 */
import type { ServingNode } from './serving-nodes.ts';

export interface Choice {
  /** Regions to try in turn; nodes of all others come last, together. */
  readonly regions: readonly string[];
  readonly count: number;
  /** Even in [0, 1). */
  readonly random: () => number;
}

export function chooseNodes(
  nodes: readonly ServingNode[],
  { regions, count, random }: Choice,
): readonly ServingNode[] {
  for (const region of regions) {
    const near = nodes.filter((node) => node.region === region);
    if (near.length > 0) return sample(near, count, random);
  }
  return sample(nodes, count, random);
}

function sample(nodes: readonly ServingNode[], count: number, random: () => number): readonly ServingNode[] {
  // Few are wanted of many, for every question: only the best so far are kept, the largest key in front.
  const best: { readonly node: ServingNode; readonly key: number }[] = [];
  for (const node of nodes) {
    // Logarithms keep apart what powers of small numbers would round to the same.
    const key = Math.log(1 - random()) / node.weight;
    const last = best[count - 1];
    if (last !== undefined && key <= last.key) continue;
    const place = best.findIndex((other) => key > other.key);
    best.splice(place === -1 ? best.length : place, 0, { node, key });
    if (best.length > count) best.pop();
  }
  return best.map(({ node }) => node);
}

/**
 * Which nodes have a new revision first: by a hash of revision and node, so that every orchestrator and every retry comes
 * to the same ones, and not always the same node is the canary.
 */
import { createHash } from 'node:crypto';

export function chooseNodes(revision: number, nodeIds: readonly string[], count: number): readonly string[] {
  return nodeIds
    .map((nodeId) => ({ nodeId, rank: createHash('sha256').update(`${revision}:${nodeId}`).digest('hex') }))
    .toSorted((one, other) => (one.rank < other.rank ? -1 : 1))
    .slice(0, count)
    .map(({ nodeId }) => nodeId);
}

/**
 * What becomes of one node when two orchestrators know something new about it. Pure.
 *
 * Both started from the same value, so for each of three kinds of facts it can be told who has something new: what the
 * node has said, what is wanted of it, and whether it was declared dead. No clock of one orchestrator is compared with that
 * of another.
 */
import type { NodeReport, StoredNode, StoredValue, Tombstone } from './fleet-store.ts';

export interface KnownNode {
  readonly node: StoredNode;
  readonly report: NodeReport;
}

/** @param base what both started from; null means nothing, everywhere */
export function mergeValues(
  base: StoredValue | null,
  mine: StoredValue | null,
  theirs: StoredValue | null,
): StoredValue | null {
  // Forgetting is for what nobody has anything new about.
  if (mine === null) return theirs;
  if (mine.kind === 'tombstone') {
    return theirs?.kind === 'node' && isNewProcess(theirs.node, mine.tombstone) ? theirs : mine;
  }
  const known = base?.kind === 'node' ? base : null;
  if (theirs?.kind === 'node') return { kind: 'node', ...mergeNodes(known, mine, theirs) };
  if (!wasHeard(known?.node, mine.node)) return theirs;
  return theirs === null || known === null || isNewProcess(mine.node, theirs.tombstone) ? mine : theirs;
}

/** Whether the node was heard between the two. */
export function wasHeard(before: StoredNode | undefined, now: StoredNode): boolean {
  return before?.lastSeenAtMs !== now.lastSeenAtMs || before.epoch !== now.epoch;
}

function mergeNodes(base: KnownNode | null, mine: KnownNode, theirs: KnownNode): KnownNode {
  const heardHere = wasHeard(base?.node, mine.node);
  const { node: said, report } = heardHere ? mine : theirs;
  const { intent, cursor, order } = mine.node.cursor > theirs.node.cursor ? mine.node : theirs.node;
  const deadAtMs = mergeDeath(base?.node, mine.node, theirs.node);
  return { report, node: { ...said, ordinal: theirs.node.ordinal, intent, cursor, order, deadAtMs } };
}

/** A death that was declared without knowing of a sign of life is none. */
function mergeDeath(base: StoredNode | undefined, mine: StoredNode, theirs: StoredNode): number | null {
  if (wasHeard(base, mine)) return mine.deadAtMs;
  if (wasHeard(base, theirs)) return theirs.deadAtMs;
  return mine.deadAtMs ?? theirs.deadAtMs;
}

function isNewProcess({ epoch }: StoredNode, tombstone: Tombstone): boolean {
  return epoch === null || epoch !== tombstone.epoch;
}

/**
 * Nodes on their way out: emptied first, then ended. What is due next follows from the ledger and from what is intended
 * of the node now, so an operator who takes the drain back has the last word, and a restart changes nothing. Pure.
 */
import type { ScalingDecision } from '../../fleet/fleet-scaling.ts';
import type { NodeRecord } from '../members/node-record.ts';

export interface RemovalRule {
  /** What requests in progress get once the node is ordered to end. */
  readonly graceSeconds: number;
  /** So long a node may take to become empty before it is ended all the same. */
  readonly drainMs: number;
}

export const REMOVAL: RemovalRule = { graceSeconds: 60, drainMs: 300_000 };

/** The nodes to end now, among those that decisions have sent away. */
export function dueRemovals(
  decisions: readonly ScalingDecision[],
  recordOf: (nodeId: string) => NodeRecord | undefined,
  wallMs: number,
  { drainMs }: RemovalRule,
): readonly { readonly nodeId: string; readonly reason: string }[] {
  const due: { nodeId: string; reason: string }[] = [];
  for (const { action, node, reason, dry_run: dryRun, at_ms: atMs } of decisions) {
    if (action !== 'down' || dryRun || node === null) continue;
    const record = recordOf(node);
    // A node that has joined since then is another one, whatever its name.
    if (record === undefined || record.stored.registeredAtMs > atMs) continue;
    if (record.stored.intent !== 'drain' || record.stored.deadAtMs !== null) continue;
    if (isEmpty(record) || wallMs - atMs > drainMs) due.push({ nodeId: node, reason });
  }
  return due;
}

/** Nothing is open any more, as the node itself says since it knows that it is to drain. */
function isEmpty({ stored, metrics }: NodeRecord): boolean {
  return stored.reported === 'Draining' && metrics !== null && metrics.active_connections === 0;
}

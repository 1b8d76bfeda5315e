/** What scaling sees of the fleet: who is there, what is asked of each, who has failed. */
import type { NodeCapacity } from '../../messages/node-config.ts';
import type { Fleet } from '../members/fleet.ts';
import { isEnding } from '../members/liveness.ts';
import type { NodeRecord } from '../members/node-record.ts';
import { type DemandRule, type NodeDemand, nodeDemand } from './demand.ts';
import type { FailedNode } from './healing.ts';
import type { ScalableNode } from './scaler.ts';

export interface SeenFleet {
  /** Neither dead nor on the way out nor emptied. */
  readonly nodes: readonly ScalableNode[];
  /** Of those of them that serve and have sent figures. */
  readonly demands: readonly NodeDemand[];
  readonly failed: readonly FailedNode[];
  /** When each node that is not dead was registered first. */
  readonly joinedAtMs: readonly number[];
}

/** Looks at all records once. */
export function seeFleet(fleet: Fleet, rule: DemandRule): SeenFleet {
  const nodes: ScalableNode[] = [];
  const demands: NodeDemand[] = [];
  const failed: FailedNode[] = [];
  const joinedAtMs: number[] = [];
  for (const record of fleet.records()) {
    const { nodeId: id, publicIp, deadAtMs, registeredAtMs } = record.stored;
    if (deadAtMs !== null) {
      if (!isEnding(record.stored)) failed.push({ id, publicIp, deadAtMs: Math.round(deadAtMs) });
      continue;
    }
    joinedAtMs.push(registeredAtMs);
    if (!serves(record)) continue;
    const demand = demandOf(record, record.stored.capacity, rule);
    if (demand !== null) demands.push(demand);
    const alive = fleet.liveness(record) === 'alive';
    nodes.push({ id, registeredAtMs, alive, share: demand?.share ?? null });
  }
  return { nodes, demands, failed, joinedAtMs };
}

function serves({ stored: { reported, intent } }: NodeRecord): boolean {
  return intent === 'run' && reported !== 'Draining' && reported !== 'Terminating';
}

function demandOf(
  { stored, metrics }: NodeRecord,
  capacity: NodeCapacity,
  rule: DemandRule,
): NodeDemand | null {
  return metrics === null || stored.reported !== 'Active' ? null : nodeDemand(metrics, capacity, rule);
}

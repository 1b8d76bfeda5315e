/** What a rollout wants to know of one node. */
import type { NodePlace } from '../../fleet/selector.ts';
import type { HeartbeatRequest } from '../../messages/heartbeat-request.ts';
import type { Liveness } from '../../messages/node-words.ts';
import { isEnding } from '../members/liveness.ts';
import { type NodeRecord, placeOf } from '../members/node-record.ts';

export interface NodeStanding {
  readonly place: NodePlace;
  /**
   * `ready`: alive and serving. `silent`: missed a heartbeat, or more. `leaving`: drains or ends, as was decided. `joining`:
   * does not serve yet, or has not said what policy it runs: it was not heard since this orchestrator began, or is too old. `dead`: given up.
   */
  readonly condition: 'ready' | 'silent' | 'leaving' | 'joining' | 'dead';
  /** Tells one process of the node from the next; null where the node does not say. */
  readonly epoch: number | null;
  /** Monotonic time of the last sign of life. */
  readonly heardAtMs: number;
  readonly appliedRevision: number | null;
  readonly refused: HeartbeatRequest['refused_policy'];
}

export function standingOf(record: NodeRecord, liveness: Liveness): NodeStanding {
  const { stored, lastContactMs, appliedRevision, refusedPolicy } = record;
  return {
    place: placeOf(stored),
    condition: conditionOf(record, liveness),
    epoch: stored.epoch,
    heardAtMs: lastContactMs,
    appliedRevision,
    refused: refusedPolicy,
  };
}

function conditionOf({ stored, appliedRevision }: NodeRecord, liveness: Liveness): NodeStanding['condition'] {
  if (liveness === 'dead') return 'dead';
  if (isEnding(stored) || stored.intent === 'drain' || stored.reported === 'Draining') return 'leaving';
  if (liveness !== 'alive') return 'silent';
  return stored.reported === 'Active' && appliedRevision !== null ? 'ready' : 'joining';
}

/**
 * One node as the registry holds it: what is kept on disk, and what only the running process knows.
 *
 * Records are never changed, only replaced, so a decision can compare before and after.
 */
import { toTimestamp } from '../../core/timestamp.ts';
import type { NodePlace } from '../../fleet/selector.ts';
import type { ControlAnswer } from '../../messages/control-answer.ts';
import type { HeartbeatRequest } from '../../messages/heartbeat-request.ts';
import type { NodeInfo } from '../../messages/node-info.ts';
import type { NodeMetrics } from '../../messages/node-metrics.ts';
import type { Liveness } from '../../messages/node-words.ts';
import type { NodeReport, StoredNode, TerminateOrder } from '../store/fleet-store.ts';
import { isEnding, publishedStatus } from './liveness.ts';

export interface NodeRecord {
  readonly stored: StoredNode;
  /** Monotonic time of the last sign of life; the start of the orchestrator for nodes known from disk. */
  readonly lastContactMs: number;
  /** Monotonic time since which the node is on its planned way out; null while it is not. */
  readonly endingSinceMs: number | null;
  /** Of the running process; null until it sent some. */
  readonly metrics: NodeMetrics | null;
  readonly sequence: number | null;
  readonly appliedRevision: number | null;
  /** The newest policy that it could not put in force. */
  readonly refusedPolicy: HeartbeatRequest['refused_policy'];
  /** Number of the newest entry of the ledger that it has in force. */
  readonly ledgerSeq: number | null;
  /** The older process of this node that was complained about last. */
  readonly refusedEpoch: number | null;
}

/** Of a process that was not heard yet. */
export const NOTHING_SAID: NodeReport = {
  metrics: null,
  sequence: null,
  appliedRevision: null,
  refusedPolicy: null,
  ledgerSeq: null,
};

/**
 * A node of which no process was heard yet. One that is remembered from disk gets a whole tolerance to be heard again,
 * whatever the wall clock says.
 */
export function unheardRecord(stored: StoredNode, nowMs: number): NodeRecord {
  return {
    stored,
    lastContactMs: nowMs,
    endingSinceMs: isEnding(stored) ? nowMs : null,
    ...NOTHING_SAID,
    refusedEpoch: null,
  };
}

/** What the node has said last, for other orchestrators. */
export function reportOf({
  stored: _stored,
  lastContactMs: _lastContactMs,
  endingSinceMs: _endingSinceMs,
  refusedEpoch: _refusedEpoch,
  ...report
}: NodeRecord): NodeReport {
  return report;
}

/** What the API shows of a node. */
export function toNodeInfo({ stored, metrics, appliedRevision }: NodeRecord, liveness: Liveness): NodeInfo {
  return {
    node_id: stored.nodeId,
    public_ip: stored.publicIp,
    last_heartbeat: toTimestamp(stored.lastSeenAtMs),
    status: publishedStatus({ reported: stored.reported, intent: stored.intent, liveness }),
    metrics,
    registered_at: toTimestamp(stored.registeredAtMs),
    config: {
      node_type: stored.nodeType,
      group: stored.group,
      region: stored.region,
      tags: [...stored.tags],
      weight: stored.weight,
      capacity: stored.capacity,
      ports: stored.ports,
    },
    reported: stored.reported,
    intent: stored.intent,
    liveness,
    applied_revision: appliedRevision,
    version: stored.version,
    management_url: stored.managementUrl,
  };
}

/** Where a node stands in the fleet. */
export function placeOf({ nodeId, group, region, tags }: StoredNode): NodePlace {
  return { id: nodeId, group, region, tags };
}

/** What a node is told whenever it asks or reports. */
export function toControlAnswer({ intent, cursor, order }: ControlState, policyRevision = 0): ControlAnswer {
  return {
    intent,
    policy_revision: policyRevision,
    commands: order === null ? [] : [terminateCommand(order)],
    config_update: null,
    cursor,
  };
}

export type ControlState = Pick<StoredNode, 'intent' | 'cursor' | 'order'>;

function terminateCommand(order: TerminateOrder): ControlAnswer['commands'][number] {
  return {
    command_id: order.commandId,
    command_type: 'terminate',
    parameters: { reason: order.reason, grace_period_seconds: order.graceSeconds },
    timestamp: toTimestamp(order.orderedAtMs),
  };
}

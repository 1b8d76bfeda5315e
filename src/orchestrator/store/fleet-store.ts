/**
 * What the orchestrator remembers over a restart, and the interface of whatever keeps it.
 *
 * A write that returned `ok` is durable, in a shared store once `saved` says so; one that returned a fault changed nothing.
 * Each call is one transaction, in a shared store one for each node.
 * Times are wall-clock milliseconds, only for people: liveness is never judged by them.
 */
import type { Result } from '../../core/result.ts';
import type { HeartbeatRequest } from '../../messages/heartbeat-request.ts';
import type { NodeCapacity, NodePorts } from '../../messages/node-config.ts';
import type { NodeMetrics } from '../../messages/node-metrics.ts';
import type { Intent, ReportedStatus } from '../../messages/node-words.ts';

export interface StoredNode {
  readonly nodeId: string;
  /** Place in the order of first registration. */
  readonly ordinal: number;
  readonly publicIp: string;
  readonly nodeType: string;
  readonly group: string;
  readonly region: string | null;
  readonly tags: readonly string[];
  /** Share of the traffic in relation to other nodes. */
  readonly weight: number;
  readonly capacity: NodeCapacity;
  readonly ports: NodePorts;
  readonly version: string | null;
  readonly managementUrl: string | null;
  /** Start of the node's process; null for nodes that do not tell. */
  readonly epoch: number | null;
  readonly registeredAtMs: number;
  /** Last heartbeat or registration. */
  readonly lastSeenAtMs: number;
  readonly reported: ReportedStatus;
  readonly intent: Intent;
  /** Counts the orders so far; what a long poll resumes from. */
  readonly cursor: number;
  readonly order: TerminateOrder | null;
  /** When the node was declared dead; null while it is not. */
  readonly deadAtMs: number | null;
}

/** An operator's or the orchestrator's decision that a node ends. */
export interface TerminateOrder {
  readonly commandId: string;
  readonly reason: string;
  /** Null leaves it to the node. */
  readonly graceSeconds: number | null;
  readonly orderedAtMs: number;
}

/** What is kept for a while of a node that ended as planned, so that a late message does not revive it. */
export interface Tombstone {
  readonly nodeId: string;
  readonly epoch: number | null;
  readonly closedAtMs: number;
  /** The order that it ended by; null when it ended by itself. */
  readonly order: TerminateOrder | null;
}

export interface StoredFleet {
  /** By rising ordinal. */
  readonly nodes: readonly StoredNode[];
  readonly tombstones: readonly Tombstone[];
}

/** What a node has said last, beside what is kept over a restart; of use to other orchestrators. */
export interface NodeReport {
  readonly metrics: NodeMetrics | null;
  readonly sequence: number | null;
  readonly appliedRevision: number | null;
  readonly refusedPolicy: HeartbeatRequest['refused_policy'];
  readonly ledgerSeq: number | null;
}

/** What is kept under the id of one node. */
export type StoredValue =
  | { readonly kind: 'node'; readonly node: StoredNode; readonly report: NodeReport }
  | { readonly kind: 'tombstone'; readonly tombstone: Tombstone };

/** What another orchestrator has put into the store. */
export interface RemoteChange {
  readonly nodeId: string;
  /** What this side has known of it before; null for nothing. */
  readonly before: StoredValue | null;
  /** Null: it was forgotten. */
  readonly value: StoredValue | null;
}

export interface StoreFault {
  readonly message: string;
}

export interface FleetStore {
  /** Whether other orchestrators work with it too: then writes are merged with theirs, and `saved` tells when. */
  readonly shared: boolean;
  load(): Result<StoredFleet, StoreFault>;
  /**
   * Writes these nodes whole. A node and its tombstone exclude each other.
   *
   * @param reports what each of the nodes has said last; kept where the store is shared
   */
  putNodes(nodes: readonly StoredNode[], reports?: readonly NodeReport[]): Result<void, StoreFault>;
  /** Replaces a node by its tombstone. */
  closeNode(tombstone: Tombstone): Result<void, StoreFault>;
  removeNodes(nodeIds: readonly string[]): Result<void, StoreFault>;
  removeTombstones(nodeIds: readonly string[]): Result<void, StoreFault>;
  /** Writes something that matters to nobody: whether writing works again. */
  probe(): Result<void, StoreFault>;
  /** Resolves once all that was written so far is durable: at once, unless the store is shared. */
  saved(): Promise<Result<void, StoreFault>>;
  /** Calls back with what other orchestrators write; returns how to stop. */
  watch(onChange: (change: RemoteChange) => void): () => void;
  close(): void;
}

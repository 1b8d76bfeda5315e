/**
 * What the orchestrator remembers over a restart, and the interface of whatever keeps it.
 *
 * A write that returned `ok` is durable; one that returned a fault changed nothing. Each call is one transaction.
 * Times are wall-clock milliseconds, only for people: liveness is never judged by them.
 */
import type { Result } from '../../core/result.ts';
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

export interface StoreFault {
  readonly message: string;
}

export interface FleetStore {
  load(): Result<StoredFleet, StoreFault>;
  /** Writes these nodes whole. A node and its tombstone exclude each other. */
  putNodes(nodes: readonly StoredNode[]): Result<void, StoreFault>;
  /** Replaces a node by its tombstone. */
  closeNode(tombstone: Tombstone): Result<void, StoreFault>;
  removeNodes(nodeIds: readonly string[]): Result<void, StoreFault>;
  removeTombstones(nodeIds: readonly string[]): Result<void, StoreFault>;
  /** Writes something that matters to nobody: whether writing works again. */
  probe(): Result<void, StoreFault>;
  close(): void;
}

/**
 * What the management API and the control link may know of and ask from the running node.
 *
 * The node's main thread implements it; both callers depend on this file only.
 */
import type { Result } from '../core/result.ts';
import type { FleetMode } from '../messages/entries/modes.ts';
import type { DrainCause } from './drain-keeper.ts';

export interface NodeControl {
  status(): NodeStatus;
  /** All bans in force, the one that ends first in front. */
  bans(): readonly BanView[];
  /** Bans an address or prefix in canonical or any readable text form; the longer of two overlapping bans wins. */
  addBan(request: BanRequest): Result<BanView, string>;
  /** Lifts a ban; `value` false where none was in force. */
  liftBan(target: string): Result<boolean, string>;
  /** Lifts a ban on this node that the fleet knows nothing of; `value` false where none was in force. */
  liftHere(target: string): Result<boolean, string>;
  /** Reads the configuration again; a fault leaves the old one in force. */
  reload(): Promise<Result<ReloadReport, readonly string[]>>;
  /**
   * Takes no new connections and finishes the old ones, until nobody wants that any more. Resolves with the seconds for
   * which WebSockets go on, once no connection is taken; the fault is a sentence.
   */
  drain(cause: DrainCause, graceSeconds: number | null): Promise<Result<number, string>>;
  /** These do not want the node drained any more. Resolves once connections are taken again, if nobody else does. */
  resume(causes: readonly DrainCause[]): Promise<Result<void, string>>;
  isDrainedBy(cause: DrainCause): boolean;
  /** Drains and ends the process; a second call is harmless. Returns the grace period in force, in seconds. */
  terminate(reason: string, graceSeconds: number | null): number;
}

export type NodeState = 'Starting' | 'Active' | 'Draining' | 'Terminating';

export interface NodeStatus {
  readonly nodeId: string | null;
  readonly state: NodeState;
  readonly version: string;
  readonly startedAt: string;
  readonly uptimeSeconds: number;
  readonly controlLink: 'up' | 'down' | 'off';
  readonly configRevision: number;
  /** What of the fleet's decisions the node runs. */
  readonly fleet: FleetInForce;
  readonly workers: { readonly configured: number; readonly alive: number; readonly restarts: number };
  readonly traffic: TrafficTotals;
  readonly system: SystemUsage;
}

/** What lies over the node's own configuration. */
export interface FleetInForce {
  /** Names all layers together; 0 for none, null before the node has heard of any. */
  readonly revision: number | null;
  /** The broadest first. */
  readonly layers: readonly { readonly scope: string; readonly revision: number }[];
  readonly mode: FleetMode;
}

/** Totals since the start of the process, over all workers. */
export interface TrafficTotals {
  readonly connectionsActive: number;
  readonly connectionsTotal: number;
  readonly requestsTotal: number;
  readonly requestsProxied: number;
  /** Refused for a limit, a ban or a list; does not overlap `wafBlocks`. */
  readonly ddosBlocks: number;
  readonly wafBlocks: number;
  /** Answers with 5xx, the node's own among them. */
  readonly serverErrors: number;
  readonly blocksByReason: Readonly<Record<string, number>>;
  readonly latencyMs: { readonly p50: number; readonly p99: number };
}

export interface SystemUsage {
  /** Busy share of the machine since the last reading, 0 to 100. */
  readonly cpuPercent: number;
  /** Used share of the machine's memory, 0 to 100. */
  readonly memoryPercent: number;
  readonly residentBytes: number;
  /** Packets in and out over all interfaces but loopback aside where others exist; 0 where the kernel does not say. */
  readonly packetsPerSecond: number;
}

export interface BanRequest {
  readonly target: string;
  readonly reason: string;
  readonly durationSeconds: number;
  /** What a command bans, it bans on this node alone. */
  readonly source: 'management' | 'command';
}

export interface BanView {
  readonly target: string;
  readonly reason: string;
  readonly source: 'automatic' | 'management' | 'orchestrator' | 'command';
  readonly bannedAt: string;
  readonly expiresAt: string;
  /** How often this client was banned automatically, this one included; 0 for a manual ban. */
  readonly repeats: number;
}

export interface ReloadReport {
  /** Key paths whose new values are in force now. */
  readonly applied: readonly string[];
  /** Key paths that changed in the file but need a restart. */
  readonly needsRestart: readonly string[];
}

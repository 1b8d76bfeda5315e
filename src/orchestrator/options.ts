/** What the orchestrator is told at start; the command line fills it from the configuration. */
import type { Clock } from '../core/clock.ts';
import type { Logger } from '../core/logger.ts';

export interface OrchestratorOptions {
  readonly listen: ListenOptions;
  /** Null leaves the metrics listener out. */
  readonly metricsListen: ListenOptions | null;
  /** Told to every node that registers. */
  readonly heartbeatIntervalSeconds: number;
  /** How long one heartbeat may be under way; part of the tolerance. */
  readonly heartbeatTimeoutSeconds: number;
  readonly maxMissed: number;
  readonly deadNodeCheckIntervalSeconds: number;
  readonly store: StoreOptions;
  /** Bearer tokens, any of which admits. May be empty on a loopback listener only. */
  readonly tokens: readonly string[];
  /** Most nodes of the fleet; 10,000 where it is left out. */
  readonly nodesMax?: number;
  /** How many registrations pass, whoever they come from. */
  readonly registrations?: { readonly perSecond: number; readonly burst: number };
}

export interface ListenOptions {
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
}

export type StoreOptions = { readonly kind: 'memory' } | { readonly kind: 'sqlite'; readonly path: string };

export interface OrchestratorDeps {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly version: string;
}

/** Most nodes of a fleet, unless the options say otherwise. */
export const NODES_MAX = 10_000;

/** A fleet of the largest size registers anew within two minutes; a loop of a broken client costs little. */
export const REGISTRATIONS = { perSecond: 100, burst: 1000 } as const;

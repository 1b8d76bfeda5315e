/** What the orchestrator is told at start; the command line fills it from the configuration. */
import type { Clock } from '../core/clock.ts';
import type { Logger } from '../core/logger.ts';
import type { Timers } from '../core/timers.ts';
import type { NatsOptions } from '../nats/connect-nats.ts';
import type { RegionMap } from './balance/region-map.ts';
import type { DnsOptions } from './dns/dns-options.ts';
import type { RolloutSettings } from './policy/rollout-plan.ts';
import type { ScalingOptions } from './scaling/assemble-scaling.ts';
import type { Send } from './small-request.ts';

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
  /** Where a single orchestrator keeps its files; of no use with `nats`. */
  readonly store: StoreOptions;
  /** The servers over which several orchestrators share the work; left out or null for one alone. */
  readonly nats?: NatsOptions | null;
  /** How policy is rolled out; the defaults of the configuration where it is left out. */
  readonly rollout?: RolloutSettings;
  /** Bearer tokens of admins, beside those that the ledger has. Without any, a loopback listener asks for none. */
  readonly tokens: readonly string[];
  /** TLS on the API, with certificates for nodes. Left out or null on a loopback listener only. */
  readonly tls?: TlsSettings | null;
  /** Answers to DNS questions; left out or null for none. */
  readonly dns?: DnsOptions | null;
  /** How the fleet grows and shrinks; the defaults of the configuration, as a dry run, where it is left out. */
  readonly scaling?: ScalingOptions;
  /** Whom clients are sent to; left out, whoever follows the fleet. */
  readonly balance?: BalanceOptions;
  /** How often, and behind how many decisions, what is in force is kept beside the ledger; left out, every 10,000. */
  readonly checkpoints?: { readonly intervalMs: number; readonly entriesMin: number };
  /** Most nodes of the fleet; 10,000 where it is left out. */
  readonly nodesMax?: number;
  /** How many registrations pass, whoever they come from. */
  readonly registrations?: { readonly perSecond: number; readonly burst: number };
}

export interface TlsSettings {
  /** Names and addresses of the listener, beside those that follow from where it listens. */
  readonly names: readonly string[];
  /** How long certificates of nodes hold; 30 days where it is left out. */
  readonly nodeLifetimeMs?: number;
}

export interface BalanceOptions {
  /** How long a node that was out takes to get its whole share again. */
  readonly returnMs: number;
  /** Try every second whether each node takes connections. */
  readonly probe: boolean;
  readonly regions: RegionMap;
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
  /** For every wait; those of the system where it is left out. */
  readonly timers?: Timers;
  /** Makes v4 UUIDs; random ones where it is left out. */
  readonly newId?: () => string;
  /** Even in [0, 1), for choices that nothing secret hangs on. */
  readonly random?: () => number;
  /** Makes requests of other machines; over the network where it is left out. */
  readonly send?: Send;
}

/** Most nodes of a fleet, unless the options say otherwise. */
export const NODES_MAX = 10_000;

/** A fleet of the largest size registers anew within two minutes; a loop of a broken client costs little. */
export const REGISTRATIONS = { perSecond: 100, burst: 1000 } as const;

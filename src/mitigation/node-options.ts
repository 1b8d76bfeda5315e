/** What a node is made from. */
import type { LayerText } from '../config/layers.ts';
import type { ListenAddress } from '../config/listen-address.ts';
import type { Config } from '../config/schema.ts';
import type { Clock } from '../core/clock.ts';
import type { Logger, LogLevel } from '../core/logger.ts';
import type { Result } from '../core/result.ts';
import type { StoredBan } from './bans/ban-store.ts';
import type { FleetSettings } from './fleet-settings.ts';
import type { SystemUsage } from './node-control.ts';

/** The log of the process, which also takes lines that workers have formatted. */
export interface NodeLog extends Logger {
  writeLines(text: string): void;
  droppedLines(): number;
  setLevel(level: LogLevel): void;
}

export interface NodeOptions {
  /** The node's own configuration with the layers of the fleet over it. */
  readonly config: Config;
  /** What of the fleet's is in force from the start. */
  readonly fleet: FleetSettings;
  readonly listen: ListenAddress;
  /** Where plain HTTP is redirected from; null for nowhere. */
  readonly redirectFrom: ListenAddress | null;
  /** Worker threads, at least 1. */
  readonly workers: number;
  readonly version: string;
  readonly clock: Clock;
  readonly log: NodeLog;
  /** Reads the configuration again, with layers over it; faults are lines for the operator. */
  readonly readConfig: (layers: readonly LayerText[]) => Result<Config, readonly string[]>;
  readonly readSystem: () => SystemUsage;
  /** The state of the link to the orchestrator. */
  readonly linkState: () => 'up' | 'down' | 'off';
  /** A reloaded configuration has come into force. */
  readonly onPolicy: (config: Config) => void;
  /** The operator has had the node's own configuration read again, and it is in force. */
  readonly onReloaded: () => void;
  /** This node has banned somebody by itself, or lifted a ban: the fleet may want to know. */
  readonly onBanned: (ban: StoredBan) => void;
  readonly onBanLifted: (target: string) => void;
  /** What the firewall has decided, one decision a line. */
  readonly onDecisions: (lines: string) => void;
  /** Events that could not be published. */
  readonly droppedEvents: () => number;
  /** The node has begun to take no connections, or takes them again. */
  readonly onStatus: () => void;
  /** Somebody asked the node to end; the callee drains it and ends the process. */
  readonly onTerminate: (graceSeconds: number) => void;
}

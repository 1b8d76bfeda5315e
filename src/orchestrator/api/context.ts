/** What the routes of the API work with. */
import type { Clock } from '../../core/clock.ts';
import type { Logger } from '../../core/logger.ts';
import type { FleetHub } from '../channel/fleet-hub.ts';
import type { CommandWaiters } from '../command-waiters.ts';
import type { OrchestratorCounters } from '../metrics.ts';
import type { FleetRegistry } from '../registry.ts';
import type { RequestBudget } from '../request-budget.ts';
import type { SharedBanDesk } from '../shared-ban-desk.ts';

export interface ApiDeps {
  readonly registry: FleetRegistry;
  readonly hub: FleetHub;
  readonly bans: SharedBanDesk;
  /** Channels that may be open at once. */
  readonly channelsMax: number;
  readonly waiters: CommandWaiters;
  readonly counters: OrchestratorCounters;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly version: string;
  /** What stands in the way of taking work; empty when nothing does. */
  readonly obstacles: () => readonly string[];
  /** Registrations of ids that are in the fleet, and of all others: a flood of newcomers locks nobody out. */
  readonly budgets: { readonly known: RequestBudget; readonly unknown: RequestBudget };
  readonly options: ApiOptions;
}

export interface ApiOptions {
  readonly heartbeatIntervalSeconds: number;
  readonly maxMissed: number;
  /** Any of them admits; empty admits everybody. */
  readonly tokens: readonly string[];
  /** The listener is on a loopback address, so only loopback host names are answered. */
  readonly loopbackOnly: boolean;
}

/** What the routes of the API work with. */
import type { Clock } from '../../core/clock.ts';
import type { Logger } from '../../core/logger.ts';
import type { Balancer } from '../balance/balancer.ts';
import type { ReportBudgets } from '../bans/report-budgets.ts';
import type { SharedBanDesk } from '../bans/shared-ban-desk.ts';
import type { FleetHub } from '../channel/fleet-hub.ts';
import type { CommandDesk } from '../commands/command-desk.ts';
import type { ModeDesk } from '../commands/mode-desk.ts';
import type { CertificateDesk } from '../identity/certificate-desk.ts';
import type { EnrolmentDesk } from '../identity/enrolment-desk.ts';
import type { TokenDesk } from '../identity/token-desk.ts';
import type { TokenVerifier } from '../identity/token-verifier.ts';
import type { UsageDesk } from '../limits/usage-desk.ts';
import type { NodeCalls } from '../members/node-calls.ts';
import type { FleetRegistry } from '../members/registry.ts';
import type { OrchestratorCounters } from '../metrics.ts';
import type { NodeStanding } from '../policy/node-standing.ts';
import type { PolicyDesk } from '../policy/policy-desk.ts';
import type { RequestBudget } from '../request-budget.ts';
import type { Scaling } from '../scaling/assemble-scaling.ts';
import type { Waiters } from '../waiters.ts';

export interface ApiDeps {
  readonly registry: FleetRegistry;
  readonly hub: FleetHub;
  readonly bans: SharedBanDesk;
  /** How much each node may report. */
  readonly reportBudgets: ReportBudgets;
  /** Divides fleet-wide limits over the nodes. */
  readonly usage: UsageDesk;
  /** Whom clients are sent to. */
  readonly balancer: Balancer;
  readonly nodeCalls: NodeCalls;
  readonly scaling: Scaling;
  readonly commands: CommandDesk;
  readonly modes: ModeDesk;
  readonly policyDesk: PolicyDesk;
  readonly standings: () => readonly NodeStanding[];
  /** What the rollout under way waits for; null where there is none, or where it goes on. */
  readonly rolloutWaitsFor: () => string | null;
  /** Those who wait for the outcome of a command, by its id. */
  readonly commandWaiters: Waiters;
  readonly tokenDesk: TokenDesk;
  readonly tokenVerifier: TokenVerifier;
  /** Null without TLS, where nodes have no certificates. */
  readonly identity: IdentityDesks | null;
  /** Channels that may be open at once. */
  readonly channelsMax: number;
  readonly waiters: Waiters;
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

export interface IdentityDesks {
  readonly enrolment: EnrolmentDesk;
  readonly certificates: CertificateDesk;
  /** Enrolments that pass, whoever they come from. */
  readonly budget: RequestBudget;
}

export interface ApiOptions {
  readonly heartbeatIntervalSeconds: number;
  readonly maxMissed: number;
  /** Tokens of the configuration, an admin's each, beside those of the ledger. */
  readonly tokens: readonly string[];
  /** The listener is on a loopback address, so only loopback host names are answered. */
  readonly loopbackOnly: boolean;
}

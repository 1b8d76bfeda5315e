/** The parts of the orchestrator and how they hang together; nothing here listens or runs by itself. */
import { randomUUID } from 'node:crypto';
import { Hono } from 'hono';
import { isLoopbackHost } from '../config/listen-address.ts';
import type { Clock } from '../core/clock.ts';
import type { Logger } from '../core/logger.ts';
import { systemTimers, type Timers } from '../core/timers.ts';
import { PROMETHEUS_CONTENT_TYPE } from '../export/prometheus.ts';
import type { CertificateAuthority } from '../tls/authority/certificate-authority.ts';
import { createApi } from './api/app.ts';
import type { ApiDeps } from './api/context.ts';
import { guardOrigin } from './api/guard.ts';
import type { RequestBindings } from './api/peer.ts';
import { Balancer } from './balance/balancer.ts';
import { probeTcp } from './balance/node-prober.ts';
import { RegionMap } from './balance/region-map.ts';
import { ReportBudgets } from './bans/report-budgets.ts';
import { SharedBanDesk } from './bans/shared-ban-desk.ts';
import type { FleetHub } from './channel/fleet-hub.ts';
import { CommandDesk } from './commands/command-desk.ts';
import { ModeDesk } from './commands/mode-desk.ts';
import type { Duty } from './duties.ts';
import { CertificateDesk } from './identity/certificate-desk.ts';
import { EnrolmentDesk } from './identity/enrolment-desk.ts';
import { TokenDesk } from './identity/token-desk.ts';
import { TokenVerifier } from './identity/token-verifier.ts';
import { UsageDesk } from './limits/usage-desk.ts';
import { assembleMembers, type MembersParts } from './members/assemble-members.ts';
import type { Fleet } from './members/fleet.ts';
import { countByStatus, summariseFleet } from './members/fleet-summary.ts';
import type { ToleranceRule } from './members/liveness.ts';
import type { FleetSweeper } from './members/sweeper.ts';
import { formatOrchestratorMetrics, OrchestratorCounters } from './metrics.ts';
import {
  type BalanceOptions,
  NODES_MAX,
  type OrchestratorDeps,
  type OrchestratorOptions,
  REGISTRATIONS,
} from './options.ts';
import { assemblePolicy } from './policy/assemble-policy.ts';
import { RequestBudget } from './request-budget.ts';
import { assembleScaling, SCALING_DEFAULTS } from './scaling/assemble-scaling.ts';
import { createSender } from './small-request.ts';
import type { FleetStore } from './store/fleet-store.ts';
import { Waiters } from './waiters.ts';

/** Unless the options say otherwise; long enough for a node that is switched off over a holiday. */
const NODE_LIFETIME_MS = 30 * 86_400_000;
/** More at once are no people who set up nodes. */
const ENROLMENTS = { perSecond: 10, burst: 100 } as const;

export interface OrchestratorParts {
  readonly fleet: Fleet;
  readonly sweeper: FleetSweeper;
  readonly api: WebApp;
  readonly metricsPage: WebApp;
  /** What one orchestrator of the fleet does at a time. */
  readonly duties: readonly Duty[];
  /** What every orchestrator does for itself. */
  readonly ownDuties: readonly Duty[];
  readonly balancer: Balancer;
  readonly counters: OrchestratorCounters;
  /** Answers whoever waits, and says from now on that no work is taken. */
  stop(): void;
}

/** What a listener serves. */
export interface WebApp {
  /** @param bindings what the listener tells beside the request */
  fetch(request: Request, bindings?: RequestBindings): Response | Promise<Response>;
}

/** People and programs that wait for the outcome of a command. */
const COMMAND_WAITERS_MAX = 1000;
/** A node that takes longer to accept a connection is of no use to clients. */
const PROBE_TIMEOUT_MS = 1000;
/** Where nothing is said about clients: they are sent to whoever follows the fleet. */
const PLAIN_BALANCE: BalanceOptions = { returnMs: 30_000, probe: false, regions: new RegionMap([]) };
const SETTLE_COMMANDS_MS = 1000;
/** Entries between two checkpoints: about what is read in a tenth of a second. */
const CHECKPOINTS = { intervalMs: 60_000, entriesMin: 10_000 } as const;
/** How often a channel shows that it stands. */
const CHANNEL_BEAT_MS = 5000;
/** How long a heartbeat may wait before the other orchestrators hear of it. */
const SHARE_MS = 1000;

/** Puts the parts together over an open store; the fleet is still to be loaded. */
export function assembleOrchestrator(
  options: OrchestratorOptions,
  deps: OrchestratorDeps,
  store: FleetStore,
  hub: FleetHub,
  authority: CertificateAuthority | null = null,
): OrchestratorParts {
  const { clock, logger, version, timers = systemTimers, random = Math.random } = deps;
  const { send = createSender(timers), newId = randomUUID } = deps;
  const { nodesMax = NODES_MAX, registrations = REGISTRATIONS, checkpoints = CHECKPOINTS } = options;
  const rule = toleranceRule(options);
  const sweepIntervalMs = options.deadNodeCheckIntervalSeconds * 1000;
  const loopbackOnly = isLoopbackHost(options.listen.host);
  const startedAtMs = clock.nowMs();
  const counters = new OrchestratorCounters();
  const tools = { hub, rule, clock, timers, random, newId, send, logger, counters };
  const members = assembleMembers(
    { rule, nodesMax, sweepIntervalMs, loopbackOnly },
    {
      ...{ ...tools, store, onBeat: (record) => onBeat(record) },
      onChanged: (nodeId) => void commands.nodeChanged(nodeId),
    },
  );
  const { fleet, registry, sweeper, waiters, nodeCalls } = members;
  const {
    onBeat,
    duty: rollouts,
    ...policy
  } = assemblePolicy({
    ...{ ...tools, fleet, nodesMax, settings: options.rollout },
    massSilence: () => sweeper.massSilence,
  });
  const commands = new CommandDesk({ ...tools, registry });
  const commandWaiters = assembleCommandWaiters(hub, timers);
  const balancer = assembleBalancer(options, { ...tools, ...members, store });
  const scaling = assembleScaling(options.scaling ?? SCALING_DEFAULTS, {
    ...{ ...tools, fleet, commands, tendIntervalMs: sweepIntervalMs },
    figures: () => summariseFleet(registry.nodes()),
    doubtful: () => sweeper.doubtful,
  });
  let stopping = false;
  const obstacles = (): string[] => [
    ...(stopping ? ['stopping'] : []),
    ...(fleet.storeFault === null ? [] : ['store_unavailable']),
  ];
  const usage = new UsageDesk(clock, counters);
  const api = createApi({
    ...{ hub, registry, waiters, nodeCalls, usage, scaling, balancer, channelsMax: nodesMax },
    ...{
      bans: new SharedBanDesk(hub),
      reportBudgets: new ReportBudgets(),
      modes: new ModeDesk(hub, registry),
      commands,
      commandWaiters,
    },
    ...{ ...policy, ...assembleIdentity(options, clock, hub, authority) },
    ...{ counters, clock, logger, version, obstacles },
    budgets: createBudgets(registrations, startedAtMs),
    options: { ...options, loopbackOnly },
  });
  const stop = (): void => {
    stopping = true;
    void scaling.stop();
    waiters.close();
    commandWaiters.close();
    hub.close();
  };
  const duties: Duty[] = [
    { name: 'sweep', pauseMs: sweepIntervalMs, step: () => sweeper.sweep() },
    { name: 'commands', pauseMs: SETTLE_COMMANDS_MS, step: () => commands.settle() },
    {
      name: 'checkpoint',
      pauseMs: checkpoints.intervalMs,
      step: () => keepCheckpoint(hub, checkpoints.entriesMin, logger),
    },
    ...[rollouts, ...scaling.duties],
  ];
  const share: Duty = { name: 'share', pauseMs: SHARE_MS, step: () => fleet.flush() };
  const beat: Duty = { name: 'channel beat', pauseMs: CHANNEL_BEAT_MS, step: () => hub.beat() };
  const ownDuties = [balancer.duty, beat, ...(store.shared ? [share] : [])];
  const metricsPage = createMetricsPage(options, { ...members, counters, usage, clock, startedAtMs });
  return { fleet, sweeper, duties, ownDuties, balancer, counters, api, metricsPage, stop };
}

/** Those who wait for the outcome of a command hear of every result. */
function assembleCommandWaiters(hub: FleetHub, timers: Timers): Waiters {
  const waiters = new Waiters(COMMAND_WAITERS_MAX, timers);
  hub.watch(({ body }) => {
    if (body.kind === 'command_result') waiters.wake(body.id);
  });
  return waiters;
}

interface BalancerParts extends Pick<MembersParts, 'fleet' | 'registry'> {
  readonly store: FleetStore;
  readonly hub: FleetHub;
  readonly clock: Clock;
  readonly random: () => number;
}

function assembleBalancer(
  { balance = PLAIN_BALANCE }: OrchestratorOptions,
  { store, hub, fleet, registry, clock, random }: BalancerParts,
): Balancer {
  const isRevoked = (nodeId: string): boolean => (hub.state.members.member(nodeId)?.revoked ?? null) !== null;
  return new Balancer(
    {
      // Whom nobody trusts any more gets no clients either, even while it still answers.
      nodes: () => registry.nodes().filter(({ node_id: id }) => !isRevoked(id)),
      // A node may follow another orchestrator; where there are several, its heartbeats speak for it.
      followers: () => (store.shared ? fleet.alive() : hub.followers()),
      probe: balance.probe ? (target) => probeTcp(target, PROBE_TIMEOUT_MS) : null,
      ...{ clock, random },
    },
    balance,
  );
}

async function keepCheckpoint(hub: FleetHub, entriesMin: number, logger: Logger): Promise<void> {
  const kept = await hub.keepCheckpoint(entriesMin);
  if (!kept.ok) logger.warn('The checkpoint of the ledger could not be kept', { error: kept.fault.message });
}

type IdentityParts = Pick<ApiDeps, 'identity' | 'tokenDesk' | 'tokenVerifier'>;

function assembleIdentity(
  { tokens, tls }: OrchestratorOptions,
  clock: Clock,
  hub: FleetHub,
  authority: CertificateAuthority | null,
): IdentityParts {
  const tokenDesk = new TokenDesk({ hub, hasConfiguredToken: tokens.length > 0 });
  const tokenVerifier = new TokenVerifier(() => hub.state.members, clock);
  if (authority === null) return { tokenDesk, tokenVerifier, identity: null };
  const desk = { hub, authority, nodeLifetimeMs: tls?.nodeLifetimeMs ?? NODE_LIFETIME_MS };
  const budget = new RequestBudget(ENROLMENTS, clock.nowMs());
  const identity = { enrolment: new EnrolmentDesk(desk), certificates: new CertificateDesk(desk), budget };
  return { tokenDesk, tokenVerifier, identity };
}

function toleranceRule(options: OrchestratorOptions): ToleranceRule {
  return {
    intervalMs: options.heartbeatIntervalSeconds * 1000,
    timeoutMs: options.heartbeatTimeoutSeconds * 1000,
    maxMissed: options.maxMissed,
  };
}

function createBudgets(
  registrations: NonNullable<OrchestratorOptions['registrations']>,
  nowMs: number,
): ApiDeps['budgets'] {
  return {
    known: new RequestBudget(registrations, nowMs),
    unknown: new RequestBudget(registrations, nowMs),
  };
}

interface PageParts extends Pick<MembersParts, 'registry' | 'sweeper' | 'waiters'> {
  readonly counters: OrchestratorCounters;
  readonly usage: UsageDesk;
  readonly clock: Clock;
  readonly startedAtMs: number;
}

function createMetricsPage({ metricsListen }: OrchestratorOptions, parts: PageParts): WebApp {
  const { counters, registry, sweeper, waiters, usage, clock, startedAtMs } = parts;
  const page = (): string =>
    formatOrchestratorMetrics(counters, {
      nodesByStatus: countByStatus(registry.nodes()),
      massSilence: sweeper.massSilence,
      commandWaiters: waiters.size,
      limitKeys: usage.keys,
      uptimeSeconds: (clock.nowMs() - startedAtMs) / 1000,
    });
  const app = new Hono();
  app.use(guardOrigin({ loopbackOnly: metricsListen !== null && isLoopbackHost(metricsListen.host) }));
  app.get('/metrics', (context) => context.body(page(), 200, { 'Content-Type': PROMETHEUS_CONTENT_TYPE }));
  return app;
}

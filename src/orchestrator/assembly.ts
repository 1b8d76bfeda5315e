/** The parts of the orchestrator and how they hang together; nothing here listens or runs by itself. */
import { randomUUID } from 'node:crypto';
import { Hono } from 'hono';
import { isLoopbackHost } from '../config/listen-address.ts';
import { PROMETHEUS_CONTENT_TYPE } from '../export/prometheus.ts';
import { createApi } from './api/app.ts';
import { guardOrigin } from './api/guard.ts';
import type { FleetHub } from './channel/fleet-hub.ts';
import { CommandWaiters } from './command-waiters.ts';
import type { Duty } from './duties.ts';
import { Fleet } from './fleet.ts';
import { countByStatus } from './fleet-summary.ts';
import type { ToleranceRule } from './liveness.ts';
import { formatOrchestratorMetrics, OrchestratorCounters } from './metrics.ts';
import { NODES_MAX, type OrchestratorDeps, type OrchestratorOptions, REGISTRATIONS } from './options.ts';
import { FleetRegistry } from './registry.ts';
import { RequestBudget } from './request-budget.ts';
import { SharedBanDesk } from './shared-ban-desk.ts';
import type { FleetStore } from './store/fleet-store.ts';
import { FleetSweeper } from './sweeper.ts';

export interface OrchestratorParts {
  readonly fleet: Fleet;
  readonly sweeper: FleetSweeper;
  readonly api: WebApp;
  readonly metricsPage: WebApp;
  /** What one orchestrator of the fleet does at a time. */
  readonly duties: readonly Duty[];
  /** Answers whoever waits, and says from now on that no work is taken. */
  stop(): void;
}

/** What a listener serves. */
export interface WebApp {
  fetch(request: Request): Response | Promise<Response>;
}

/** Puts the parts together over an open store; the fleet is still to be loaded. */
export function assembleOrchestrator(
  options: OrchestratorOptions,
  deps: OrchestratorDeps,
  store: FleetStore,
  hub: FleetHub,
): OrchestratorParts {
  const { clock, logger, version } = deps;
  const { nodesMax = NODES_MAX, registrations = REGISTRATIONS } = options;
  const rule = toleranceRule(options);
  const counters = new OrchestratorCounters();
  const waiters = new CommandWaiters(nodesMax);
  const wake = (nodeId: string): void => waiters.wake(nodeId);
  const fleet = new Fleet({ rule, nodesMax }, { store, clock, logger, counters });
  const shared = { fleet, rule, clock, logger, counters };
  const registry = new FleetRegistry({ ...shared, newId: randomUUID, onCommand: wake });
  const intervalMs = options.deadNodeCheckIntervalSeconds * 1000;
  const sweeper = new FleetSweeper({ ...shared, intervalMs, onClosed: wake });
  const startedAtMs = clock.nowMs();
  let stopping = false;
  const obstacles = (): string[] => [
    ...(stopping ? ['stopping'] : []),
    ...(fleet.storeFault === null ? [] : ['store_unavailable']),
  ];
  const budgets = {
    known: new RequestBudget(registrations, startedAtMs),
    unknown: new RequestBudget(registrations, startedAtMs),
  };
  const apiOptions = { ...options, loopbackOnly: isLoopbackHost(options.listen.host) };
  const api = createApi({
    ...{ hub, bans: new SharedBanDesk(hub), channelsMax: nodesMax },
    ...{ registry, waiters, counters, clock, logger, version, obstacles, budgets },
    options: apiOptions,
  });
  const page = (): string =>
    formatOrchestratorMetrics(counters, {
      nodesByStatus: countByStatus(registry.nodes()),
      massSilence: sweeper.massSilence,
      commandWaiters: waiters.size,
      uptimeSeconds: (clock.nowMs() - startedAtMs) / 1000,
    });
  const stop = (): void => {
    stopping = true;
    waiters.close();
    hub.close();
  };
  const duties: Duty[] = [{ name: 'sweep', pauseMs: intervalMs, step: () => sweeper.sweep() }];
  return { fleet, sweeper, duties, api, metricsPage: createMetricsPage(options, page), stop };
}

function toleranceRule(options: OrchestratorOptions): ToleranceRule {
  return {
    intervalMs: options.heartbeatIntervalSeconds * 1000,
    timeoutMs: options.heartbeatTimeoutSeconds * 1000,
    maxMissed: options.maxMissed,
  };
}

function createMetricsPage({ metricsListen }: OrchestratorOptions, page: () => string): WebApp {
  const app = new Hono();
  app.use(guardOrigin({ loopbackOnly: metricsListen !== null && isLoopbackHost(metricsListen.host) }));
  app.get('/metrics', (context) => context.body(page(), 200, { 'Content-Type': PROMETHEUS_CONTENT_TYPE }));
  return app;
}

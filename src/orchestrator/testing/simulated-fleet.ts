/** An orchestrator's inside on a clock that only the test moves: fleet, registry and sweeper over a real store. */
import { ManualClock } from '../../core/clock.ts';
import type { LogFields, Logger } from '../../core/logger.ts';
import { type HeartbeatRequest, heartbeatRequest } from '../../messages/heartbeat-request.ts';
import { type RegistrationRequest, registrationRequest } from '../../messages/registration-request.ts';
import { Fleet } from '../members/fleet.ts';
import type { ToleranceRule } from '../members/liveness.ts';
import { FleetRegistry } from '../members/registry.ts';
import { FleetSweeper, type SweeperDeps } from '../members/sweeper.ts';
import { OrchestratorCounters } from '../metrics.ts';
import type { FleetStore } from '../store/fleet-store.ts';
import { MemoryStore } from '../store/memory-store.ts';

/** The shipped defaults: a tolerance of 100 s. */
export const RULE: ToleranceRule = { intervalMs: 30_000, timeoutMs: 10_000, maxMissed: 3 };
export const SWEEP_MS = 10_000;

export interface LoggedLine {
  readonly message: string;
  readonly fields: LogFields;
}

export interface SimulatedOptions {
  readonly store?: FleetStore;
  readonly clock?: ManualClock;
  readonly rule?: ToleranceRule;
  readonly nodesMax?: number;
  /** Nobody can be asked where it is left out. */
  readonly askNode?: SweeperDeps['askNode'];
}

export class SimulatedFleet {
  readonly clock: ManualClock;
  readonly store: FleetStore;
  readonly counters = new OrchestratorCounters();
  readonly lines: LoggedLine[] = [];
  /** Nodes about whom something changed that they should hear. */
  readonly woken: string[] = [];
  readonly fleet: Fleet;
  readonly registry: FleetRegistry;
  readonly sweeper: FleetSweeper;
  #ids = 0;

  constructor(options: SimulatedOptions = {}) {
    const { store = new MemoryStore(), clock = new ManualClock(), rule = RULE, nodesMax = 100 } = options;
    this.clock = clock;
    this.store = store;
    const logger = this.#logger();
    const { counters } = this;
    this.fleet = new Fleet({ rule, nodesMax }, { store, clock, logger, counters });
    const loaded = this.fleet.load();
    if (!loaded.ok) throw new Error(loaded.fault.message);
    const shared = { fleet: this.fleet, rule, clock, logger, counters };
    const wake = (nodeId: string): void => {
      this.woken.push(nodeId);
    };
    this.registry = new FleetRegistry({ ...shared, newId: () => this.#newId(), onCommand: wake });
    const { askNode = () => null } = options;
    this.sweeper = new FleetSweeper({ ...shared, intervalMs: SWEEP_MS, onClosed: wake, askNode });
  }

  /** Another process of the orchestrator over the same store, after the present one was killed. */
  restart(): SimulatedFleet {
    return new SimulatedFleet({ store: this.store, clock: this.clock });
  }

  /** Lets time pass, with a sweep whenever one is due. */
  passMs(durationMs: number): void {
    let restMs = durationMs;
    while (restMs > 0) {
      const stepMs = Math.min(restMs, SWEEP_MS);
      this.clock.advanceMs(stepMs);
      this.sweeper.sweep();
      restMs -= stepMs;
    }
  }

  register(change: Partial<RegistrationRequest> = {}): string {
    const registered = this.registry.register(makeRegistration(change));
    if (!registered.ok) throw new Error(registered.fault);
    return registered.value.nodeId;
  }

  /** The published status; null for a node that is not in the fleet. */
  status(nodeId: string): string | null {
    const node = this.registry.node(nodeId);
    return node.ok ? node.value.status : null;
  }

  logged(message: string): LoggedLine[] {
    return this.lines.filter((line) => line.message === message);
  }

  #newId(): string {
    this.#ids += 1;
    return `10000000-0000-4000-8000-${String(this.fleet.nextOrdinal * 1000 + this.#ids).padStart(12, '0')}`;
  }

  #logger(): Logger {
    const log = (message: string, fields: LogFields = {}): void => {
      this.lines.push({ message, fields });
    };
    const logger: Logger = { debug: log, info: log, warn: log, error: log, child: () => logger };
    return logger;
  }
}

export function makeRegistration(change: Partial<RegistrationRequest> = {}): RegistrationRequest {
  return {
    ...registrationRequest.parse({ public_ip: '192.0.2.1', config: { node_type: 'mitigation' } }),
    ...change,
  };
}

const NOBODY = '00000000-0000-4000-8000-000000000000';

export function makeBeat(nodeId: string, change: Partial<HeartbeatRequest> = {}): HeartbeatRequest {
  const plain = heartbeatRequest.parse({
    node_id: NOBODY,
    status: 'Active',
    metrics: {
      cpu_usage: 10,
      memory_usage: 20,
      packets_per_second: 30,
      active_connections: 40,
      total_requests: 50,
      ddos_blocks: 1,
      waf_blocks: 2,
    },
  });
  return { ...plain, node_id: nodeId, ...change };
}

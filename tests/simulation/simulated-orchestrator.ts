/**
 * The orchestrator's machine: its real parts, put together as its program does, on simulated time and over a ledger that
 * outlives the process. Only the listeners are left out: requests are handed to the API as they arrive.
 */
import { rolloutSchema } from '../../src/config/schema/rollout.ts';
import type { Logger } from '../../src/core/logger.ts';
import { fail } from '../../src/core/result.ts';
import { assembleOrchestrator } from '../../src/orchestrator/assembly.ts';
import { FleetHub } from '../../src/orchestrator/channel/fleet-hub.ts';
import { runDuties } from '../../src/orchestrator/duties.ts';
import type { Ledger } from '../../src/orchestrator/ledger/ledger.ts';
import type { OrchestratorOptions } from '../../src/orchestrator/options.ts';
import type { FleetStore } from '../../src/orchestrator/store/fleet-store.ts';
import type { Dice } from './dice.ts';
import type { Life, Machine } from './machine.ts';
import type { Server } from './server.ts';

export const HEARTBEAT_SECONDS = 5;
export const HEARTBEAT_TIMEOUT_SECONDS = 3;
export const MISSED_MAX = 3;
/** Silence that does not make a node dead. */
export const TOLERANCE_MS = 1000 * (HEARTBEAT_SECONDS * MISSED_MAX + HEARTBEAT_TIMEOUT_SECONDS);

/** Quick, so that several rollouts fit into one simulation. */
const ROLLOUT = rolloutSchema.parse({
  shares: [0.3, 1],
  observe_seconds: 4,
  acknowledge_seconds: 15,
  wait_for_nodes_seconds: 40,
});

const OPTIONS: OrchestratorOptions = {
  listen: { host: '127.0.0.1', port: 3030 },
  metricsListen: null,
  heartbeatIntervalSeconds: HEARTBEAT_SECONDS,
  heartbeatTimeoutSeconds: HEARTBEAT_TIMEOUT_SECONDS,
  maxMissed: MISSED_MAX,
  deadNodeCheckIntervalSeconds: 2,
  store: { kind: 'memory' },
  tokens: [],
  rollout: ROLLOUT,
  // Many processes begin with one, and few with the newest entries in it.
  checkpoints: { intervalMs: 10_000, entriesMin: 10 },
};

/** Time for requests in progress. */
const SHUTDOWN_MS = 500;

export interface OrchestratorMachineParts {
  readonly machine: Machine;
  readonly dice: Dice;
  readonly logger: Logger;
  /** Kept over restarts. */
  readonly store: FleetStore;
  /** Opens the ledger that is kept over restarts, for one process. */
  readonly openLedger: (life: Life) => Ledger;
}

interface RunningServer extends Server {
  readonly hub: FleetHub;
  readonly shutDown: () => void;
}

export class SimulatedOrchestrator {
  readonly #parts: OrchestratorMachineParts;
  #life: Life | null = null;
  #server: RunningServer | null = null;
  #stopping = false;

  constructor(parts: OrchestratorMachineParts) {
    this.#parts = parts;
  }

  /** Who answers; null while nobody does. */
  get server(): RunningServer | null {
    return this.#server;
  }

  get running(): boolean {
    return this.#life !== null;
  }

  start(): void {
    if (this.#stopping) this.crash();
    if (this.#life !== null) return;
    this.#life = this.#parts.machine.startProcess();
    void this.#serve(this.#life);
  }

  /** Takes nothing any more and answers what is in progress; then the process ends. */
  stop(): void {
    const life = this.#life;
    if (life === null || this.#server === null || this.#stopping) return;
    this.#stopping = true;
    this.#server.shutDown();
    this.#server = null;
    life.after(SHUTDOWN_MS, () => {
      if (this.#life === life) this.crash();
    });
  }

  /** The process is gone; what it had in memory too. */
  crash(): void {
    this.#life?.end();
    this.#life = null;
    this.#server = null;
    this.#stopping = false;
  }

  async #serve(life: Life): Promise<void> {
    const { machine, dice, logger, store, openLedger } = this.#parts;
    const hub = await FleetHub.load(openLedger(life), machine);
    if (!life.alive) return;
    if (!hub.ok) throw new Error(hub.fault.message);
    const deps = {
      ...{ clock: machine, logger, version: 'simulated', timers: life, newId: dice.uuid },
      random: dice.fraction,
      send: () => Promise.resolve(fail('there are no other machines')),
    };
    const parts = assembleOrchestrator(OPTIONS, deps, store, hub.value);
    const loaded = parts.fleet.load();
    if (!loaded.ok) throw new Error(loaded.fault.message);
    const duties = [...parts.duties, ...parts.ownDuties];
    const endDuties = runDuties({ duties, inCharge: () => true, timers: life, logger });
    const shutDown = (): void => {
      endDuties();
      parts.stop();
      parts.fleet.flush();
    };
    this.#server = { life, hub: hub.value, shutDown, fetch: (request) => parts.api.fetch(request) };
  }
}

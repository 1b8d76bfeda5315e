/**
 * A node's machine: the real link to the orchestrator and the real book of bans, without the workers that carry traffic.
 */

import { createBanTableMemory } from '../../src/core/ban-slots.ts';
import { BanTable } from '../../src/core/ban-table.ts';
import type { Logger } from '../../src/core/logger.ts';
import { ok } from '../../src/core/result.ts';
import { type BanAnnouncer, BanBook } from '../../src/mitigation/bans/ban-book.ts';
import { BanDesk } from '../../src/mitigation/bans/ban-desk.ts';
import type { ControlLinkOptions } from '../../src/mitigation/control/control-link.ts';
import { type LinkedNode, linkNode, type NodeLink } from '../../src/mitigation/control/node-link.ts';
import type { OrchestratorTransport } from '../../src/mitigation/control/orchestrator-transport.ts';
import type { FleetSettings } from '../../src/mitigation/fleet-settings.ts';
import type { NodeStatus } from '../../src/mitigation/node-control.ts';
import type { Dice } from './dice.ts';
import type { Life, Machine } from './machine.ts';
import { NodeFolder } from './node-folder.ts';
import { NodeInForce } from './node-in-force.ts';
import { SharedLimit } from './shared-limit.ts';
import type { Trace } from './trace.ts';

export interface NodeMachineParts {
  readonly machine: Machine;
  readonly dice: Dice;
  readonly logger: Logger;
  readonly trace: Trace;
  readonly place: {
    readonly group: string;
    readonly region: string | null;
    readonly tags: readonly string[];
  };
  readonly openTransport: (life: Life) => OrchestratorTransport;
  /** The node runs these from now on. */
  readonly onAdopted: (fleet: FleetSettings) => void;
  /** A command has banned a target here for so long, and no crash takes that back any more. */
  readonly onBannedHere: (target: string, seconds: number) => void;
}

/** What one process of a node consists of. */
interface RunningNode {
  readonly life: Life;
  readonly book: BanBook;
  readonly desk: BanDesk;
  readonly table: BanTable;
  readonly inForce: NodeInForce;
  readonly limit: SharedLimit;
  readonly link: NodeLink;
}

const BANS_MAX = 2048;
const IPV6_PREFIX = 64;
const MEMORY_MS = 86_400_000;
const SWEEP_MS = 1000;
/** After so long a ban is on the disk, however slow the machine is. */
const DURABLE_MS = 3000;

export class SimulatedNode {
  readonly name: string;
  readonly machine: Machine;
  readonly folder = new NodeFolder();
  readonly #parts: NodeMachineParts;
  #running: RunningNode | null = null;
  #processes = 0;

  constructor(parts: NodeMachineParts) {
    this.#parts = parts;
    this.machine = parts.machine;
    this.name = parts.machine.name;
  }

  /** Where it stands in the fleet. */
  get place(): NodeMachineParts['place'] {
    return this.#parts.place;
  }

  /** The present process; null while there is none. */
  get running(): RunningNode | null {
    return this.#running;
  }

  start(): void {
    if (this.#running !== null) return;
    const running = this.#assemble(this.machine.startProcess());
    this.#running = running;
    this.#processes += 1;
    running.link.usage.run();
    running.link.control.start();
    const sweep = (): void => {
      running.book.sweep();
      running.life.after(SWEEP_MS, sweep);
    };
    running.life.after(SWEEP_MS, sweep);
  }

  /** Counts the processes so far; the present one is the last. */
  get processes(): number {
    return this.#processes;
  }

  /** Ends in good order; resolves once it has. */
  async stop(): Promise<void> {
    const running = this.#running;
    if (running === null) return;
    running.inForce.terminate();
    await running.link.stop();
    if (this.#running === running) this.crash();
  }

  crash(): void {
    this.#running?.life.end();
    this.#running = null;
  }

  /** Somebody is banned on this node alone, for now. */
  ban(target: string, durationSeconds: number): boolean {
    const running = this.#running;
    if (running === null) return false;
    const request = { target, reason: `by ${this.name}`, durationSeconds, source: 'management' as const };
    return running.desk.add(request).ok;
  }

  lift(target: string): void {
    this.#running?.desk.lift(target);
  }

  /** One request of the client whom all nodes count; whether it is admitted, or null where nobody listens. */
  ask(): boolean | null {
    return this.#running?.limit.admits(this.machine.nowMs()) ?? null;
  }

  #assemble(life: Life): RunningNode {
    const { machine: clock, dice, logger, openTransport } = this.#parts;
    const table = new BanTable(createBanTableMemory(BANS_MAX, { low: dice.below(2 ** 32), high: 1 }));
    const bookOptions = { table, store: this.folder.openBans(life), clock, announcer: NOBODY_TOLD };
    const book = new BanBook(bookOptions, IPV6_PREFIX, MEMORY_MS);
    const inForce = new NodeInForce(life, dice, this.folder, this.#parts.onAdopted);
    const limit = new SharedLimit();
    const desk: BanDesk = new BanDesk({
      book,
      log: logger,
      onBanned: (ban) => link.reporter.banned(ban),
      onBanLifted: (target) => link.reporter.lifted(target),
    });
    const node: LinkedNode = {
      control: this.#control({ life, inForce, desk }, clock.nowMs()),
      bans: book,
      policy: {
        inForce: () => inForce.fleet,
        adopt: (fleet) => inForce.adopt(fleet),
        keep: (fleet) => inForce.keep(fleet),
      },
      usage: limit.usage,
      figures: () => ({ requestsPerSecond: 1, latencyMs: { p50: 1, p99: 2 } }),
      diagnose: () => '{}',
      keepId: (id) => {
        this.folder.nodeId = id;
      },
    };
    const link: NodeLink = linkNode(node, {
      ...{ transport: openTransport(life), timers: life, clock, random: dice.fraction, logger },
      options: this.#linkOptions(),
      nodeId: this.folder.nodeId,
    });
    return { life, book, desk, table, inForce, limit, link };
  }

  #control(
    { life, inForce, desk }: Pick<RunningNode, 'life' | 'inForce' | 'desk'>,
    startedMs: number,
  ): LinkedNode['control'] {
    const { machine: clock, onBannedHere } = this.#parts;
    return {
      status: () => this.#status(inForce, startedMs),
      drain: (cause) => inForce.drain(cause),
      resume: (causes) => inForce.resume(causes),
      isDrainedBy: (cause) => inForce.isDrainedBy(cause),
      reload: () => Promise.resolve(ok({ applied: [], needsRestart: [] })),
      terminate: (reason) => {
        this.#parts.trace.note(this.name, `is told to terminate: ${reason}`);
        return 0;
      },
      addBan: (request) => {
        const endMs = clock.nowMs() + request.durationSeconds * 1000;
        life.after(DURABLE_MS, () => onBannedHere(request.target, (endMs - clock.nowMs()) / 1000));
        return desk.add(request);
      },
      liftHere: (target) => desk.liftHere(target),
    };
  }

  #linkOptions(): ControlLinkOptions {
    return {
      publicIp: '192.0.2.1',
      nodeType: 'mitigation',
      ...this.#parts.place,
      ports: { traffic: null, metrics: null },
      weight: 100,
      capacity: { requests_per_second: null, connections: null },
      managementUrl: null,
      registration: { retryIntervalMs: 2000, maxRetries: 5, timeoutMs: 5000 },
      heartbeat: { intervalMs: 5000, timeoutMs: 3000, maxMissed: 3 },
    };
  }

  #status(inForce: NodeInForce, startedMs: number): NodeStatus {
    const clock = this.machine;
    const uptimeMs = clock.nowMs() - startedMs;
    return {
      nodeId: this.folder.nodeId,
      state: inForce.state,
      version: 'simulated',
      startedAt: new Date(clock.wallMs() - uptimeMs).toISOString(),
      uptimeSeconds: uptimeMs / 1000,
      controlLink: 'up',
      configRevision: 1,
      fleet: inForce.fleet,
      workers: { configured: 1, alive: 1, restarts: 0 },
      traffic: NO_TRAFFIC,
      system: { cpuPercent: 10, memoryPercent: 20, residentBytes: 1, packetsPerSecond: 1 },
    };
  }
}

const NO_TRAFFIC: NodeStatus['traffic'] = {
  connectionsActive: 0,
  connectionsTotal: 0,
  requestsTotal: 0,
  requestsProxied: 0,
  serverErrors: 0,
  ddosBlocks: 0,
  wafBlocks: 0,
  blocksByReason: {},
  latencyMs: { p50: 0, p99: 0 },
};

const NOBODY_TOLD: BanAnnouncer = {
  deny: () => undefined,
  closeClients: () => undefined,
  banSet: () => undefined,
  banLifted: () => undefined,
};

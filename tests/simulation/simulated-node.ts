/**
 * A node's machine: the real control code and the real book of bans, put together as the node does, without the workers
 * that carry traffic.
 */

import { createBanTableMemory } from '../../src/core/ban-slots.ts';
import { BanTable } from '../../src/core/ban-table.ts';
import type { Logger } from '../../src/core/logger.ts';
import { fail, ok } from '../../src/core/result.ts';
import { type BanAnnouncer, BanBook } from '../../src/mitigation/bans/ban-book.ts';
import { BanFollower } from '../../src/mitigation/control/ban-follower.ts';
import { BanReporter } from '../../src/mitigation/control/ban-reporter.ts';
import type { ChannelReader, ChannelReaderDeps } from '../../src/mitigation/control/channel-reader.ts';
import { CommandRunner } from '../../src/mitigation/control/command-runner.ts';
import { ControlLink, type ControlLinkOptions } from '../../src/mitigation/control/control-link.ts';
import type { OrchestratorTransport } from '../../src/mitigation/control/orchestrator-transport.ts';
import { OrderDesk } from '../../src/mitigation/control/order-desk.ts';
import { PolicyRunner } from '../../src/mitigation/control/policy-runner.ts';
import { ResultReporter } from '../../src/mitigation/control/result-reporter.ts';
import type { FleetSettings } from '../../src/mitigation/fleet-settings.ts';
import type { NodeStatus } from '../../src/mitigation/node-control.ts';
import type { Dice } from './dice.ts';
import type { Life, Machine } from './machine.ts';
import { NodeFolder } from './node-folder.ts';
import { NodeInForce } from './node-in-force.ts';
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
  /** Another one than the real reader shows whether a simulation would notice. */
  readonly makeReader: (deps: ChannelReaderDeps) => ChannelReader;
}

/** What one process of a node consists of. */
interface RunningNode {
  readonly life: Life;
  readonly book: BanBook;
  readonly table: BanTable;
  readonly inForce: NodeInForce;
  readonly reporter: BanReporter;
  readonly control: ControlLink;
}

const BANS_MAX = 2048;
const IPV6_PREFIX = 64;
const MEMORY_MS = 86_400_000;
const SWEEP_MS = 1000;

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
    running.control.start();
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

  crash(): void {
    this.#running?.life.end();
    this.#running = null;
  }

  /** Somebody is banned on this node alone, for now. */
  ban(target: string, durationSeconds: number): boolean {
    const running = this.#running;
    if (running === null) return false;
    const request = { target, reason: `by ${this.name}`, durationSeconds, source: 'management' as const };
    if (!running.book.add(request).ok) return false;
    this.#parts.trace.note(this.name, `bans ${target} for ${durationSeconds} s`);
    const ban = running.book.find(target);
    if (ban !== undefined) running.reporter.banned(ban);
    return true;
  }

  lift(target: string): void {
    const lifted = this.#running?.book.lift(target);
    if (lifted?.ok && lifted.value !== null) this.#parts.trace.note(this.name, `lifts ${target}`);
    if (lifted?.ok && lifted.value !== null) this.#running?.reporter.lifted(lifted.value);
  }

  #assemble(life: Life): RunningNode {
    const { machine: clock, dice, logger, openTransport, makeReader } = this.#parts;
    const table = new BanTable(createBanTableMemory(BANS_MAX, { low: dice.below(2 ** 32), high: 1 }));
    const bookOptions = { table, store: this.folder.openBans(life), clock, announcer: NOBODY_TOLD };
    const book = new BanBook(bookOptions, IPV6_PREFIX, MEMORY_MS);
    const inForce = new NodeInForce(life, dice, this.folder, this.#parts.onAdopted);
    const startedMs = clock.nowMs();
    const shared = { transport: openTransport(life), timers: life, clock, random: dice.fraction };
    const reporter = new BanReporter(shared);
    const follower = new BanFollower(book, reporter);
    const policy = new PolicyRunner({
      inForce: () => inForce.fleet,
      adopt: (fleet) => inForce.adopt(fleet),
      keep: (fleet) => inForce.keep(fleet),
      onProgress: () => control.statusChanged(),
      logger,
    });
    const results = new ResultReporter(shared);
    const commands = this.#commandRunner(inForce, startedMs, results);
    const desk = new OrderDesk({
      bans: (order) => follower.takeOrder(order, (wallMs) => reader.toOwnClock(wallMs)),
      policy: (order) => policy.takePolicy(order),
      mode: (mode) => policy.takeMode(mode),
      command: (order) => commands.take(order, (wallMs) => reader.toOwnClock(wallMs)),
    });
    const reader: ChannelReader = makeReader({
      ...shared,
      onOrder: (order) => desk.take(order),
      onBans: (bans) => follower.takeAll(bans, (wallMs) => reader.toOwnClock(wallMs)),
      onStanding: (orders) => desk.takeAll(orders),
      onFault: () => undefined,
    });
    const control = new ControlLink({
      ...shared,
      options: this.#linkOptions(),
      nodeId: this.folder.nodeId,
      status: () => this.#status(inForce, startedMs),
      figures: () => ({ requestsPerSecond: 1, latencyMs: { p50: 1, p99: 2 } }),
      progress: () => ({ ...policy.progress(), ledgerSeq: reader.ledgerSeq }),
      onTerminate: (reason) => this.#parts.trace.note(this.name, `is told to terminate: ${reason}`),
      onIntent: (intent) => void follow(intent, inForce),
      onRegistered: (id) => {
        reader.start(id);
        reporter.start(id);
        results.start(id);
      },
      onNodeId: (id) => {
        this.folder.nodeId = id;
      },
      logger,
    });
    return { life, book, table, inForce, reporter, control };
  }

  #commandRunner(inForce: NodeInForce, startedMs: number, results: ResultReporter): CommandRunner {
    const { machine: clock, logger } = this.#parts;
    return new CommandRunner({
      node: {
        status: () => this.#status(inForce, startedMs),
        drain: (cause) => inForce.drain(cause),
        resume: (causes) => inForce.resume(causes),
        reload: () => Promise.resolve(ok({ applied: [], needsRestart: [] })),
        terminate: () => 0,
        addBan: () => fail('no bans by command are simulated'),
        liftHere: () => fail('no bans by command are simulated'),
      },
      diagnose: () => '{}',
      clock,
      onResult: (result) => results.add(result),
      logger,
    });
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

/** As the node's own wiring does it. */
async function follow(intent: 'drain' | 'run', inForce: NodeInForce): Promise<void> {
  if (inForce.isDrainedBy('fleet') === (intent === 'drain')) return;
  await (intent === 'drain' ? inForce.drain('fleet') : inForce.resume(['fleet']));
}

/** One simulated fleet: the machines, what runs on them, and the ways between them. */
import type { Clock } from '../../src/core/clock.ts';
import type { OrchestratorTransport } from '../../src/mitigation/control/orchestrator-transport.ts';
import type { Ledger } from '../../src/orchestrator/ledger/ledger.ts';
import { MemoryStore } from '../../src/orchestrator/store/memory-store.ts';
import { Chronicle } from './chronicle.ts';
import { Dice } from './dice.ts';
import { checkDeath } from './invariants/deaths.ts';
import { PolicyWatch } from './invariants/policies.ts';
import { Link } from './link.ts';
import { type Life, Machine } from './machine.ts';
import { mangleLines } from './mangle-lines.ts';
import { Operator } from './operator.ts';
import { Schedule } from './schedule.ts';
import { type LedgerMoment, SimulatedDisk } from './simulated-disk.ts';
import { SimulatedNode } from './simulated-node.ts';
import { SimulatedOrchestrator } from './simulated-orchestrator.ts';
import { Trace } from './trace.ts';
import { SimulatedTransport } from './transport.ts';

/** Parts that a test puts something else in place of, to see whether a simulation notices. */
export interface ReplaceableParts {
  /** How a node with this clock reaches its orchestrator. */
  readonly openTransport: (transport: OrchestratorTransport, clock: Clock) => OrchestratorTransport;
  readonly makeLedger: (disk: SimulatedDisk, moment: LedgerMoment) => Ledger;
}

export interface WorldOptions {
  readonly seed: number;
  readonly print: ((line: string) => void) | null;
  readonly parts: ReplaceableParts;
}

const REGIONS = ['eu', 'us', null] as const;
const GROUPS = ['edge', 'core'] as const;
/** How wrong wall clocks are to begin with. */
const WRONG_MAX_MS = 120_000;
const UPTIME_MAX_MS = 1e9;

export class World {
  readonly dice: Dice;
  readonly schedule = new Schedule();
  readonly trace: Trace;
  readonly chronicle: Chronicle;
  readonly disk: SimulatedDisk;
  readonly orchestratorMachine: Machine;
  readonly orchestrator: SimulatedOrchestrator;
  readonly nodes: readonly SimulatedNode[];
  /** Of the nodes, in their order. */
  readonly links: readonly Link[];
  readonly operatorLink: Link;
  readonly operator: Operator;
  /** Whether lines of channels are dropped, doubled and swapped on their way. */
  rudeLines: boolean;

  readonly #policyWatch: PolicyWatch;

  constructor({ seed, print, parts }: WorldOptions) {
    const { schedule } = this;
    const dice = new Dice(seed, 0);
    this.dice = dice;
    this.trace = new Trace(schedule, print);
    this.chronicle = new Chronicle(schedule, this.trace);
    this.rudeLines = dice.chance(0.3);
    this.disk = new SimulatedDisk(`ledger-${seed}`);
    this.#policyWatch = new PolicyWatch(this.chronicle);
    this.disk.onEntries = (entries) => {
      for (const entry of entries) this.#policyWatch.take(entry);
    };
    this.orchestratorMachine = this.#machine('orchestrator');
    this.orchestrator = this.#makeOrchestrator(parts);
    const count = 3 + dice.below(4);
    this.links = Array.from({ length: count }, () => new Link(schedule, dice.fork()));
    this.nodes = this.links.map((link, nth) => this.#makeNode(`node${nth}`, link, parts));
    this.operatorLink = new Link(schedule, dice.fork());
    const life = this.#machine('operator').startProcess();
    const transport = this.#transport('operator', this.operatorLink, life);
    this.operator = new Operator(transport, this.chronicle, dice.fork());
  }

  /** Everything runs. */
  start(): void {
    this.orchestrator.start();
    for (const node of this.nodes) node.start();
  }

  /** A selector of some nodes, or all. */
  drawSelector(dice: Dice): string {
    const { folder, place } = dice.pick(this.nodes);
    const choices = ['all', `group:${place.group}`, `region:${place.region ?? 'eu'}`];
    return dice.pick(folder.nodeId === null ? choices : [...choices, `node:${folder.nodeId}`]);
  }

  #machine(name: string): Machine {
    const wrongMs = this.dice.between(-WRONG_MAX_MS, WRONG_MAX_MS);
    return new Machine(this.schedule, name, this.dice.between(0, UPTIME_MAX_MS), wrongMs);
  }

  #makeOrchestrator(parts: ReplaceableParts): SimulatedOrchestrator {
    const machine = this.orchestratorMachine;
    const dice = this.dice.fork();
    const logger = this.chronicle.loggerOf('orchestrator', (message, fields) => {
      if (message === 'Node declared dead') checkDeath(this, String(fields.failed_node));
    });
    return new SimulatedOrchestrator({
      machine,
      logger,
      dice: this.dice.fork(),
      store: new MemoryStore(),
      openLedger: (timers) => {
        this.chronicle.starts('orchestrator', timers);
        if (this.disk.checkpoint !== null) this.chronicle.count('starts from a checkpoint');
        return parts.makeLedger(this.disk, { timers, dice, wallMs: () => machine.wallMs() });
      },
    });
  }

  #makeNode(name: string, link: Link, { openTransport }: ReplaceableParts): SimulatedNode {
    const { dice } = this;
    const machine = this.#machine(name);
    const logger = this.chronicle.loggerOf(name, (message, fields) => {
      if (message !== 'Command of the orchestrator') return;
      this.chronicle.begins(`process ${node.processes} of ${name}`, String(fields.command_id));
    });
    const node: SimulatedNode = new SimulatedNode({
      machine,
      dice: dice.fork(),
      logger,
      trace: this.trace,
      place: { group: dice.pick(GROUPS), region: dice.pick(REGIONS), tags: [] },
      openTransport: (life) => {
        this.chronicle.starts('node', life);
        return openTransport(this.#transport(name, link, life), machine);
      },
      onBannedHere: (target, seconds) => this.chronicle.bannedHere(name, target, seconds),
      onAdopted: (fleet) => this.#policyWatch.adopted(node.folder.nodeId ?? '', fleet),
    });
    return node;
  }

  #transport(name: string, link: Link, life: Life): SimulatedTransport {
    const { trace, chronicle } = this;
    const dice = this.dice.fork();
    return new SimulatedTransport({
      ...{ name, link, life, trace },
      findServer: () => this.orchestrator.server,
      tap: chronicle,
      mangle: (lines) => (this.rudeLines ? mangleLines(lines, dice) : lines),
    });
  }
}

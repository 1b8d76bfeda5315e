/** What goes wrong, and when somebody wants something meanwhile: drawn from the seed, each seed with likings of its own. */
import type { Dice } from './dice.ts';
import { GOOD_LINK, type LinkQuality } from './link.ts';
import type { Machine } from './machine.ts';
import { HEARTBEAT_SECONDS } from './simulated-orchestrator.ts';
import { Wishes } from './wishes.ts';
import type { World } from './world.ts';

interface Happening {
  readonly name: string;
  /** How often it comes in comparison with others, before the seed has its say. */
  readonly weight: number;
  readonly run: () => void;
}

const PAUSE_MAX_MS = 2500;
const DOWN_MAX_MS = 25_000;
/** Longer than it takes until nodes are given up, shorter than the patience with a fleet that is silent as a whole. */
const MASS_SILENCE_MS = 30_000;
const MASS_SILENCE_PAUSE_MS = 120_000;
/** The silence of fewer nodes tells nothing about the orchestrator. */
const MASS_COUNT_MIN = 3;
/** A node that stops waits for nobody for longer. */
const STOP_MAX_MS = 20_000;
const STEP_MAX_MS = 300_000;
const LAG_MAX_MS = 2000;
const COMPLAINT_MS = 1000;

export class Fate {
  readonly #world: World;
  readonly #dice: Dice;
  readonly #happenings: readonly Happening[];
  readonly #linksAreWell: boolean;
  #over = false;
  #massSilenceAgainMs = 0;

  constructor(world: World) {
    this.#world = world;
    this.#dice = world.dice.fork();
    const calm = new Set<string>();
    // Some seeds never see some of it, so that rules which one kind of trouble bends are held strictly elsewhere.
    for (const name of ['clocks', 'disk', 'silence', 'crash']) if (this.#dice.chance(0.3)) calm.add(name);
    // In a seed whose links are well at all other times, a silence of all is the only reason not to hear from nodes.
    this.#linksAreWell = this.#dice.chance(0.25);
    if (this.#linksAreWell) for (const name of ['cut', 'bad', 'whole']) calm.add(name);
    this.#happenings = this.#all()
      .filter(({ name }) => ![...calm].some((kind) => name.includes(kind)))
      .map((happening) => ({ ...happening, weight: happening.weight * this.#dice.between(0.1, 2) }));
  }

  /** Lets things happen until `end`. */
  begin(): void {
    this.#planNext();
  }

  /** All is well from now on. */
  end(): void {
    const { orchestrator, nodes, links, operatorLink, disk, chronicle, schedule } = this.#world;
    this.#over = true;
    this.#world.rudeLines = false;
    disk.full = false;
    disk.onWritten = null;
    schedule.after(COMPLAINT_MS, () => {
      chronicle.diskIsFull = false;
    });
    chronicle.massSilenceSinceMs = null;
    for (const link of [...links, operatorLink]) {
      link.quality = GOOD_LINK;
      link.cut(false, false);
    }
    for (const node of nodes) {
      node.machine.lagMs = 0;
      node.start();
    }
    orchestrator.start();
  }

  #planNext(): void {
    this.#later(this.#dice.between(0, PAUSE_MAX_MS), () => {
      const { name, run } = this.#draw();
      this.#world.trace.note('fate', name);
      this.#world.chronicle.count(name);
      run();
      this.#planNext();
    });
  }

  #later(delayMs: number, run: () => void): void {
    this.#world.schedule.after(delayMs, () => {
      if (!this.#over) run();
    });
  }

  #draw(): Happening {
    const total = this.#happenings.reduce((sum, { weight }) => sum + weight, 0);
    let rest = this.#dice.fraction() * total;
    for (const happening of this.#happenings) {
      rest -= happening.weight;
      if (rest < 0) return happening;
    }
    return this.#happenings.at(-1)!;
  }

  #all(): Happening[] {
    const { operator } = this.#world;
    const wishes = new Wishes(this.#world, this.#dice, (delayMs, run) => this.#later(delayMs, run));
    return [
      { name: 'an operator bans', weight: 10, run: () => void wishes.operatorBans() },
      { name: 'an operator lifts', weight: 4, run: () => void operator.lift(operator.drawTarget()) },
      { name: 'a node bans', weight: 8, run: () => wishes.nodeBans() },
      { name: 'a node lifts', weight: 2, run: () => wishes.nodeLifts() },
      { name: 'an operator sets a mode', weight: 3, run: () => void wishes.setMode() },
      { name: 'an operator writes policy', weight: 4, run: () => void wishes.writePolicy() },
      { name: 'an operator speaks on a rollout', weight: 1, run: () => void wishes.speakOnRollout() },
      { name: 'an operator gives a command', weight: 4, run: () => void wishes.command() },
      { name: 'a client asks', weight: 3, run: () => wishes.clientAsks() },
      { name: 'an operator bans on some nodes', weight: 2, run: () => void wishes.banOnSome() },
      { name: 'an operator lifts on some nodes', weight: 1, run: () => void wishes.liftOnSome() },
      { name: 'a link is bad', weight: 4, run: () => this.#worsen() },
      { name: 'a link is good', weight: 2, run: () => this.#improve() },
      { name: 'links are cut', weight: 3, run: () => this.#cutSome() },
      { name: 'links are whole', weight: 2, run: () => this.#mendAll() },
      { name: 'silence of all', weight: 0.5, run: () => this.#cutAll() },
      { name: 'the orchestrator crashes', weight: 1, run: () => this.#crashOrchestrator() },
      { name: 'crash behind the next write', weight: 1, run: () => this.#crashBehindWrite() },
      { name: 'a node crashes', weight: 1.5, run: () => this.#crashNode() },
      { name: 'a node is stopped', weight: 0.5, run: () => void this.#stopNode() },
      { name: 'the orchestrator is stopped', weight: 0.5, run: () => this.#stopOrchestrator() },
      { name: 'clocks are stepped', weight: 1, run: () => this.#stepClock() },
      { name: 'a node is slow', weight: 1, run: () => this.#slowDown() },
      { name: 'the disk is full', weight: 0.7, run: () => this.#fillDisk() },
    ];
  }

  #worsen(): void {
    const dice = this.#dice;
    const delayMinMs = dice.between(1, 200);
    const quality: LinkQuality = {
      delayMinMs,
      delayMaxMs: delayMinMs + (dice.chance(0.2) ? dice.between(0, 4000) : dice.between(0, 300)),
      lossShare: dice.chance(0.5) ? dice.between(0, 0.4) : 0,
      repeatShare: dice.chance(0.5) ? dice.between(0, 0.4) : 0,
    };
    dice.pick([...this.#world.links, this.#world.operatorLink]).quality = quality;
  }

  #mendAll(): void {
    for (const link of this.#world.links) link.cut(false, false);
  }

  #improve(): void {
    this.#dice.pick(this.#world.links).quality = GOOD_LINK;
  }

  #cutSome(): void {
    const dice = this.#dice;
    const share = dice.fraction();
    for (const link of this.#world.links) {
      if (!dice.chance(share)) continue;
      const [up, down] = dice.pick([
        [true, true],
        [true, false],
        [false, true],
      ] as const);
      link.cut(up, down);
      this.#later(dice.between(500, DOWN_MAX_MS), () => link.cut(false, false));
    }
  }

  #cutAll(): void {
    const { schedule, links, chronicle } = this.#world;
    if (schedule.nowMs < this.#massSilenceAgainMs) return;
    this.#massSilenceAgainMs = schedule.nowMs + MASS_SILENCE_PAUSE_MS;
    if (this.#linksAreWell && this.#heardNodes() >= MASS_COUNT_MIN)
      chronicle.massSilenceSinceMs = schedule.nowMs;
    for (const link of links) link.cut(true, true);
    this.#later(MASS_SILENCE_MS, () => {
      chronicle.massSilenceSinceMs = null;
      this.#mendAll();
    });
  }

  /** Nodes whose last heartbeat was on time. */
  #heardNodes(): number {
    const { nodes, schedule, chronicle } = this.#world;
    const sinceMs = schedule.nowMs - 1000 * HEARTBEAT_SECONDS;
    return nodes.filter(({ folder }) => (chronicle.lastHeardMs(folder.nodeId ?? '') ?? 0) > sinceMs).length;
  }

  #crashOrchestrator(): void {
    const { orchestrator } = this.#world;
    if (!orchestrator.running) return;
    orchestrator.crash();
    this.#later(this.#dice.between(100, DOWN_MAX_MS), () => orchestrator.start());
  }

  #crashBehindWrite(): void {
    const { disk, trace } = this.#world;
    disk.onWritten = () => {
      disk.onWritten = null;
      trace.note('fate', 'the orchestrator crashes behind a write');
      this.#crashOrchestrator();
    };
  }

  #crashNode(): void {
    const node = this.#dice.pick(this.#world.nodes);
    node.crash();
    this.#later(this.#dice.between(100, DOWN_MAX_MS), () => node.start());
  }

  async #stopNode(): Promise<void> {
    const { nodes, schedule, chronicle } = this.#world;
    const node = this.#dice.pick(nodes);
    const downMs = this.#dice.between(100, DOWN_MAX_MS);
    const { running } = node;
    schedule.after(STOP_MAX_MS, () => {
      if (running !== null && node.running === running) chronicle.violate(`${node.name} does not stop`);
    });
    await node.stop();
    if (this.#over) node.start();
    else this.#later(downMs, () => node.start());
  }

  #stopOrchestrator(): void {
    const { orchestrator } = this.#world;
    if (orchestrator.server === null) return;
    orchestrator.stop();
    this.#later(this.#dice.between(1000, DOWN_MAX_MS), () => orchestrator.start());
  }

  #stepClock(): void {
    const { nodes, orchestratorMachine, chronicle } = this.#world;
    const machine = this.#dice.pick<Machine>([...nodes.map((node) => node.machine), orchestratorMachine]);
    const byMs = Math.round(this.#dice.between(-STEP_MAX_MS, STEP_MAX_MS));
    machine.stepClock(byMs);
    chronicle.steppedMs += Math.abs(byMs);
    this.#world.trace.note(machine.name, `has its clock stepped by ${byMs} ms`);
  }

  #slowDown(): void {
    const { machine } = this.#dice.pick(this.#world.nodes);
    machine.lagMs = this.#dice.between(0, LAG_MAX_MS);
    this.#later(this.#dice.between(1000, DOWN_MAX_MS), () => {
      machine.lagMs = 0;
    });
  }

  #fillDisk(): void {
    const { disk, chronicle, schedule } = this.#world;
    disk.full = true;
    chronicle.diskIsFull = true;
    this.#later(this.#dice.between(500, DOWN_MAX_MS), () => {
      disk.full = false;
      // Whoever was refused says so a little later.
      schedule.after(COMPLAINT_MS, () => {
        chronicle.diskIsFull = disk.full;
      });
    });
  }
}

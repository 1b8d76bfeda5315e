/**
 * A node under attack, its bystander and its attacker.
 *
 *   quiet (the bystander alone) -> count (how much of the flood one connection gets to send) -> attack -> rest
 *
 * The node has the limits of its defaults, but for twice the rate of requests, which the bystander needs, and room for
 * as many connections as a machine that is attacked so should have. Every attack comes from addresses of its own.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { overlay, type Settings } from '../../support/node-config.ts';
import { Arena, type Bystander } from '../arena.ts';
import { judgeBystander, judgeCount, judgeReach, judgeRest, slowdown } from '../goals.ts';
import type { HelperProcess } from '../helper-process.ts';
import type { Figures } from '../process-figures.ts';
import type { AttackOrder } from '../programs/attacker.ts';
import type { BystanderReport } from '../programs/bystander.ts';
import type { TrialRow } from '../report.ts';
import type { TrialSetting } from '../trial.ts';
import type { AssaultReport } from './assault-run.ts';
import type { Attack } from './attack.ts';

const ATTACKER = new URL('../programs/attacker.ts', import.meta.url);
/** Few enough requests at once that kept and new connections together stay well within the limit of one client,
 * and few enough waiting that they do not exceed its rate when their turn comes. */
export const BYSTANDER = {
  from: '127.0.0.2',
  perSecond: 100,
  freshEvery: 10,
  underWayMax: 3,
  waitingMax: 200,
};
const BYSTANDER_BANNED = /Client banned.*127\.0\.0\.2\b/;
/** Attackers come from 127.BLOCK.x.y, a block for each attack. */
const FIRST_BLOCK = 20;

/**
 * Runtimes compile what is hot while it is used; and after a minute the bystander is known to the node, as most of a
 * site's users are when an attack begins.
 */
const WARM_SECONDS = 65;
/** Longer than the node waits for a handshake or a head that does not come. */
const REST_SECONDS_MAX = 20;
const SAMPLE_MS = 500;

const SETTINGS: Settings = {
  ddos: {
    rate_limiting: { requests_per_second: 200, burst_size: 100 },
    connection_limits: {
      max_connections_per_ip: 10,
      max_total_connections: 10_000,
      max_new_connections_per_second: 50,
    },
  },
};

export interface AttackTimes {
  readonly quietSeconds: number;
  readonly attackSeconds: number;
  /** Whether the bystander's times are judged: short runs on a busy machine say nothing about them. */
  readonly timed: boolean;
}

/** What was seen of the node and the bystander around an attack, and what the attack itself tells. */
interface Observation<T> {
  readonly quiet: BystanderReport;
  readonly attacked: BystanderReport;
  readonly before: Figures;
  readonly after: Figures;
  readonly peakMib: number;
  readonly cpuPercent: number;
  /** What the node says where it has banned the bystander. */
  readonly ban: string | null;
  /** Requests of the attack that reached the origin. */
  readonly reached: number;
  readonly told: T;
}

export class AttackStand {
  readonly arena: Arena;
  readonly #bystander: Bystander;
  readonly #attacker: HelperProcess;
  #block = FIRST_BLOCK;

  private constructor(arena: Arena, bystander: Bystander) {
    this.arena = arena;
    this.#bystander = bystander;
    this.#attacker = arena.helper(ATTACKER, true);
  }

  static async open(
    setting: TrialSetting,
    settings: Settings = {},
    warmSeconds: number = WARM_SECONDS,
  ): Promise<AttackStand> {
    const arena = await Arena.open(setting, { settings: overlay(SETTINGS, settings) });
    const bystander = await arena.bystander(BYSTANDER);
    await bystander.during(warmSeconds);
    return new AttackStand(arena, bystander);
  }

  /** One attack from quiet to rest; `connections` where fewer than its own are wanted. */
  async run(attack: Attack, times: AttackTimes, connections?: number): Promise<TrialRow> {
    const order: AttackOrder = {
      attack: attack.name,
      port: this.arena.node.port,
      block: this.#block++,
      ...(connections === undefined ? {} : { connections }),
    };
    const goal = attack.counted?.() ?? null;
    const steps = goal === null ? null : await this.#attacker.ask<number | null>('count', order);
    const seen = await this.observe(times, async () => {
      await this.#attacker.ask('start', order);
      await pause(1000 * times.attackSeconds);
      return await this.#attacker.ask<AssaultReport>('stop');
    });
    const { told, reached } = seen;
    return {
      name: attack.name,
      cells: {
        closed_after: goal === null ? null : steps === null ? 'never' : `${steps} ${goal.unit}`,
        connections: told.connections,
        refused: told.refused,
        at_origin: reached,
        ...cellsOf(seen),
      },
      misses: [
        ...(goal === null ? [] : judgeCount(steps, goal.goal, goal.unit)),
        ...judgeReach(attack, reached, told),
        ...missesOf(seen, times),
      ],
      skipped: null,
    };
  }

  /** Measures around something that attacks the node for a while. */
  async observe<T>(times: AttackTimes, attack: () => Promise<T>): Promise<Observation<T>> {
    const { arena } = this;
    const quiet = await this.#bystander.during(times.quietSeconds);
    const before = arena.figures();
    const reachedBefore = (await arena.originCounts()).floods;
    await this.#bystander.mark();
    const startMs = performance.now();
    const start = arena.figures();
    const peak = this.#watchMemory();
    const told = await attack();
    const end = arena.figures();
    const seconds = (performance.now() - startMs) / 1000;
    const peakMib = peak();
    const attacked = await this.#bystander.mark();
    return {
      quiet,
      attacked,
      before,
      peakMib,
      told,
      ban: arena.node.log.find((line) => BYSTANDER_BANNED.test(line)) ?? null,
      reached: (await arena.originCounts()).floods - reachedBefore,
      cpuPercent: (100 * (end.cpuSeconds - start.cpuSeconds)) / seconds,
      after: await this.#rest(before),
    };
  }

  async close(): Promise<void> {
    await this.#bystander.stop();
    await this.arena.close();
  }

  /** Looks at the memory of the node until asked for the most that was seen, in MiB. */
  #watchMemory(): () => number {
    let peak = 0;
    const look = (): void => {
      peak = Math.max(peak, this.arena.figures().residentMib);
    };
    const timer = setInterval(look, SAMPLE_MS);
    return () => {
      clearInterval(timer);
      look();
      return peak;
    };
  }

  /** Waits until the node has given back what it can, or long enough. */
  async #rest(before: Figures): Promise<Figures> {
    const endMs = performance.now() + 1000 * REST_SECONDS_MAX;
    for (;;) {
      const now = this.arena.figures();
      if (judgeRest(before, now).length === 0 || performance.now() > endMs) return now;
      await pause(SAMPLE_MS);
    }
  }
}

export function missesOf(
  { quiet, attacked, before, after, ban }: Observation<unknown>,
  { timed }: AttackTimes,
): readonly string[] {
  return [
    ...judgeBystander(quiet, attacked, timed),
    ...judgeRest(before, after),
    ...(ban === null ? [] : [`the bystander was banned: ${ban}`]),
  ];
}

export function cellsOf(seen: Observation<unknown>): TrialRow['cells'] {
  const { quiet, attacked, before, after } = seen;
  return {
    asked: attacked.sent,
    errors: attacked.answered - (attacked.statuses[200] ?? 0) + attacked.lost,
    p99_quiet: quiet.keptP99Ms,
    p99: attacked.keptP99Ms,
    ratio: slowdown(quiet, attacked),
    new_p99_quiet: quiet.freshP99Ms,
    new_p99: attacked.freshP99Ms,
    cpu: Math.round(seen.cpuPercent),
    mib_before: Math.round(before.residentMib),
    mib_peak: Math.round(seen.peakMib),
    mib_after: Math.round(after.residentMib),
    files_before: before.openFiles,
    files_after: after.openFiles,
  };
}

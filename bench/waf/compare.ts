/**
 * Compares firewalls: processor time of the whole process per request, for each kind of traffic, the programs in turn
 * within each round. The share of answers that are not 2xx stands beside it, so that nobody wins by refusing.
 */
import type { Arena, RunningPeer } from '../load/arena.ts';
import { wrkScript } from '../load/generators.ts';
import { measureLoad } from '../load/measure-load.ts';
import { median, pairedRatios, spread } from '../load/statistics.ts';
import type { WafProgram } from './programs.ts';
import { WAF_TRAFFIC, type WafTraffic } from './traffic.ts';

export interface WafOptions {
  readonly arena: Arena;
  readonly rounds: number;
  readonly seconds: number;
  readonly isTimeUp: () => boolean;
  readonly say: (line: string) => void;
}

/** One kind of traffic: by program, one value per round. */
export interface WafSeries {
  readonly title: string;
  readonly name: string;
  readonly cpuMicros: ReadonlyMap<string, readonly number[]>;
  /** Share of answers other than 2xx in the last round, in per cent. */
  readonly refused: ReadonlyMap<string, number>;
}

const WARMUP_SECONDS = 6;
const CONNECTIONS = 16;

export async function compareFirewalls(
  programs: readonly WafProgram[],
  options: WafOptions,
): Promise<readonly WafSeries[]> {
  const running: RunningPeer[] = [];
  for (const program of programs) {
    const peer = await options.arena.startProgram(program.name, program.prepare);
    if (peer.ok) running.push(peer.value);
    else options.say(peer.fault);
  }
  return WAF_TRAFFIC.map((traffic) => measureTraffic(traffic, running, options));
}

function measureTraffic(
  traffic: WafTraffic,
  programs: readonly RunningPeer[],
  { arena, rounds, seconds, isTimeUp, say }: WafOptions,
): WafSeries {
  const script = arena.options.workspace.write(`${traffic.name}.lua`, traffic.script);
  const scenario = {
    name: traffic.name,
    title: traffic.title,
    body: 'small',
    connections: CONNECTIONS,
    generate: wrkScript(script),
    goal: { kind: 'value', max: 0 },
  } as const;
  const cpuMicros = new Map<string, number[]>(programs.map(({ name }) => [name, []]));
  const refused = new Map<string, number>();
  const measureAll = (length: number, keep: boolean): void => {
    for (const program of programs) {
      const sample = measureLoad(arena.options, program, scenario, length);
      if (!sample.ok) say(sample.fault);
      else if (keep) {
        cpuMicros.get(program.name)?.push(sample.value.cpuMicrosPerRequest);
        refused.set(program.name, (100 * sample.value.errors) / sample.value.requests);
      }
    }
  };
  measureAll(WARMUP_SECONDS, false);
  for (let round = 1; round <= rounds && !isTimeUp(); round += 1) {
    say(`${traffic.title}: round ${round} of ${rounds}`);
    measureAll(seconds, true);
  }
  return { title: traffic.title, name: traffic.name, cpuMicros, refused };
}

interface WafGoal {
  readonly title: string;
  readonly over: string;
  readonly under: string;
  /** The ratio `over` / `under` has to be at most this, or at least. */
  readonly max?: number;
  readonly min?: number;
  /** Kinds of traffic that the goal is for. */
  readonly traffic: readonly string[];
}

const ALL_TRAFFIC: readonly string[] = WAF_TRAFFIC.map(({ name }) => name);

const GOALS: readonly WafGoal[] = [
  { title: 'own rules / no rules', over: 'node-builtin', under: 'node-off', max: 1.5, traffic: ['get'] },
  {
    title: 'ModSecurity / node, level 1',
    over: 'modsecurity-1',
    under: 'node-crs-1',
    min: 20,
    traffic: ALL_TRAFFIC,
  },
  {
    title: 'ModSecurity / node, level 4',
    over: 'modsecurity-4',
    under: 'node-crs-4',
    min: 10,
    traffic: ALL_TRAFFIC,
  },
];

/** Tables of figures and of ratios with their goals. */
export function renderFirewalls(series: readonly WafSeries[]): string {
  return series
    .flatMap(({ title, name, cpuMicros, refused }) => [
      `${title}: CPU us/request (not 2xx)`,
      ...[...cpuMicros]
        .filter(([, values]) => values.length > 0)
        .map(([program, values]) => {
          const share = (refused.get(program) ?? 0).toFixed(1);
          return `  ${program.padEnd(16)}${median(values).toFixed(1).padStart(9)}  (${share} %)`;
        }),
      ...GOALS.filter(({ traffic }) => traffic.includes(name)).flatMap((goal) => renderGoal(goal, cpuMicros)),
    ])
    .join('\n');
}

function renderGoal(goal: WafGoal, values: ReadonlyMap<string, readonly number[]>): readonly string[] {
  const over = values.get(goal.over) ?? [];
  const under = values.get(goal.under) ?? [];
  if (over.length === 0 || under.length === 0) return [];
  const ratio = spread(pairedRatios(over, under));
  const met = ratio.median <= (goal.max ?? Number.POSITIVE_INFINITY) && ratio.median >= (goal.min ?? 0);
  const wanted = goal.max === undefined ? `>= ${goal.min}` : `<= ${goal.max}`;
  const range = `(${ratio.min.toFixed(2)}-${ratio.max.toFixed(2)})`;
  return [`  ${goal.title}: ${ratio.median.toFixed(2)} ${range}, goal ${wanted}, ${met ? 'met' : 'missed'}`];
}

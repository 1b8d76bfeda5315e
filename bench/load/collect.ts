/**
 * Runs the measurements round by round, the programs in turn within each round, so that a change of the machine's
 * mood hits them all alike.
 *
 * A program that fails drops out with a message; the others go on. Once the time is over, the round at hand is
 * the last one.
 */
import type { Arena, RunningPeer } from './arena.ts';
import { measureIdle } from './measure-idle.ts';
import { type LatencySample, measureLatency } from './measure-latency.ts';
import { type LoadSample, measureLoad } from './measure-load.ts';
import { measureRefusal } from './measure-refusal.ts';
import type { Row } from './report.ts';
import { IDLE_GOAL, LATENCY_GOALS, LOAD_SCENARIOS, type LoadScenario } from './scenarios.ts';
import { median } from './statistics.ts';

export interface CollectOptions {
  readonly arena: Arena;
  readonly rounds: number;
  readonly seconds: number;
  /** Whether the whole comparison has used up its time. */
  readonly isTimeUp: () => boolean;
  /** Takes one line on progress or trouble. */
  readonly say: (line: string) => void;
}

/** Code is compiled and caches are filled before anything counts. */
const WARMUP_SECONDS = 8;

interface Measure {
  readonly name: string;
  readonly read: (sample: LoadSample) => number;
  /** Whether the scenario's goal is for this measure. */
  readonly judged: boolean;
  readonly digits: number;
}

const MEASURES: readonly Measure[] = [
  { name: 'CPU us/request', read: (sample) => sample.cpuMicrosPerRequest, judged: true, digits: 1 },
  { name: 'requests/s', read: (sample) => sample.requestsPerSecond, judged: false, digits: 0 },
  { name: 'p50 ms', read: (sample) => sample.p50Ms, judged: false, digits: 2 },
  { name: 'p99 ms', read: (sample) => sample.p99Ms, judged: false, digits: 2 },
  { name: 'RSS MiB', read: (sample) => sample.residentKib / 1024, judged: false, digits: 1 },
];

/** Measures one scenario on all programs; one row per measure. */
export function collectLoad(
  scenario: LoadScenario,
  peers: readonly RunningPeer[],
  options: CollectOptions,
): Row[] {
  const samples = new Map<string, LoadSample[]>(peers.map((peer) => [peer.name, []]));
  let running = [...peers];
  const measureAll = (seconds: number, keep: boolean): void => {
    running = running.filter((peer) => {
      const outcome = measureLoad(options.arena.options, peer, scenario, seconds);
      if (!outcome.ok) options.say(`${peer.name} drops out of "${scenario.title}": ${outcome.fault}`);
      else if (outcome.value.errors > 0)
        options.say(`${peer.name}: ${outcome.value.errors} errors in "${scenario.title}"`);
      if (outcome.ok && keep) samples.get(peer.name)?.push(outcome.value);
      return outcome.ok;
    });
  };
  measureAll(WARMUP_SECONDS, false);
  for (let round = 1; round <= options.rounds && !options.isTimeUp(); round += 1) {
    options.say(`${scenario.title}: round ${round} of ${options.rounds}`);
    measureAll(options.seconds, true);
  }
  return MEASURES.map(({ name, read, judged, digits }) => ({
    scenario: scenario.title,
    measure: name,
    values: new Map([...samples].map(([peer, list]) => [peer, list.map(read)])),
    goal: judged ? scenario.goal : null,
    digits,
  }));
}

/** Measures the memory of idle connections, once per program: what is freed is seldom given back to the system. */
export async function collectIdle(peers: readonly RunningPeer[], options: CollectOptions): Promise<Row> {
  const values = new Map<string, number[]>();
  for (const peer of peers) {
    if (options.isTimeUp()) break;
    options.say(`idle connections: ${peer.name}`);
    const outcome = await measureIdle(options.arena.options, peer);
    if (outcome.ok) values.set(peer.name, [outcome.value / 1024]);
    else options.say(outcome.fault);
  }
  return { scenario: 'idle TLS connection', measure: 'RSS KiB', values, goal: IDLE_GOAL, digits: 1 };
}

/**
 * Measures what the programs add to the delay at half of what the node can serve over open connections, in turn with
 * the origin asked directly.
 */
export function collectLatency(peers: readonly RunningPeer[], options: CollectOptions): Row[] {
  const { arena, say } = options;
  const small = LOAD_SCENARIOS.find(({ name }) => name === 'small');
  const node = peers.find(({ name }) => name === 'node');
  if (small === undefined || node === undefined) return [];
  const capacity = measureLoad(arena.options, node, small, WARMUP_SECONDS);
  if (!capacity.ok) {
    say(capacity.fault);
    return [];
  }
  const perSecond = Math.floor(capacity.value.requestsPerSecond / 2);
  const added = new Map<string, LatencySample[]>(peers.map(({ name }) => [name, []]));
  for (let round = 0; round <= options.rounds && !options.isTimeUp(); round += 1) {
    say(
      round === 0
        ? 'latency: warm-up'
        : `latency at ${perSecond} requests/s: round ${round} of ${options.rounds}`,
    );
    const direct = measureLatency(
      arena.options,
      `http://127.0.0.1:${arena.originPort}`,
      perSecond,
      options.seconds,
    );
    for (const { name, port } of peers) {
      const through = measureLatency(arena.options, `https://127.0.0.1:${port}`, perSecond, options.seconds);
      if (!direct.ok || !through.ok)
        say(`${name}: ${direct.ok ? '' : direct.fault}${through.ok ? '' : through.fault}`);
      else if (round > 0)
        added.get(name)?.push({
          p50Ms: through.value.p50Ms - direct.value.p50Ms,
          p99Ms: through.value.p99Ms - direct.value.p99Ms,
        });
    }
  }
  return latencyRows(added, perSecond);
}

function latencyRows(added: ReadonlyMap<string, readonly LatencySample[]>, perSecond: number): Row[] {
  const scenario = `added delay at ${perSecond} requests/s`;
  const valuesOf = (read: (sample: LatencySample) => number): Map<string, number[]> =>
    new Map([...added].map(([name, samples]) => [name, samples.map(read)]));
  const p50 = valuesOf(({ p50Ms }) => p50Ms);
  const p99 = valuesOf(({ p99Ms }) => p99Ms);
  const nginx = median(p99.get('nginx') ?? []);
  const p99Max = Number.isNaN(nginx) ? LATENCY_GOALS.p99 : Math.min(LATENCY_GOALS.p99, nginx);
  return [
    { scenario, measure: 'p50 ms', values: p50, goal: { kind: 'value', max: LATENCY_GOALS.p50 }, digits: 3 },
    {
      scenario,
      measure: 'p99 ms',
      values: p99,
      goal: { kind: 'value', max: Number(p99Max.toFixed(3)) },
      digits: 3,
    },
  ];
}

export interface RefusalSeries {
  readonly refusedMicros: readonly number[];
  readonly handshakeMicros: readonly number[];
  readonly refusedPerSecond: readonly number[];
}

/** Measures what a refused connection costs the node beside a full handshake, in turn. */
export function collectRefusals(
  node: RunningPeer,
  refusing: RunningPeer,
  options: CollectOptions,
): RefusalSeries {
  const series = {
    refusedMicros: [] as number[],
    handshakeMicros: [] as number[],
    refusedPerSecond: [] as number[],
  };
  const handshake = LOAD_SCENARIOS.find(({ name }) => name === 'handshake');
  for (let round = 0; round <= options.rounds && !options.isTimeUp() && handshake !== undefined; round += 1) {
    options.say(
      round === 0
        ? 'refused connections: warm-up'
        : `refused connections: round ${round} of ${options.rounds}`,
    );
    const refused = measureRefusal(options.arena.options, refusing, options.seconds);
    const served = measureLoad(options.arena.options, node, handshake, options.seconds);
    if (!refused.ok || !served.ok) {
      options.say(refused.ok ? '' : refused.fault);
      options.say(served.ok ? '' : served.fault);
      break;
    }
    if (round === 0) continue;
    series.refusedMicros.push(refused.value.cpuMicrosPerConnection);
    series.refusedPerSecond.push(refused.value.connectionsPerSecond);
    series.handshakeMicros.push(served.value.cpuMicrosPerRequest);
  }
  return series;
}

/**
 * Runs the measurements round by round, the programs in turn within each round, so that a change of the machine's
 * mood hits them all alike.
 *
 * A program that fails drops out with a message; the others go on. Once the time is over, the round at hand is
 * the last one.
 */
import type { Arena, RunningPeer } from './arena.ts';
import { measureIdle } from './measure-idle.ts';
import { type LoadSample, measureLoad } from './measure-load.ts';
import { measureRefusal } from './measure-refusal.ts';
import type { Row } from './report.ts';
import { IDLE_GOAL, LOAD_SCENARIOS, type LoadScenario } from './scenarios.ts';

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

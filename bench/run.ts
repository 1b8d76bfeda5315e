/**
 * Compares the node with nginx, HAProxy and Caddy on this machine: processor time per request first of all, since
 * that is what a flood costs; speed, delay and memory beside it. `npm run bench -- --help` lists the options.
 *
 * Every program has one core to itself, the load and the origin share another. Figures of two runs do not compare,
 * ratios within one run do: programs take turns, and the ratio is the median over the rounds.
 */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { release } from 'node:os';
import { findRuntime, type Runtime } from '../scripts/runtime.mjs';
import { Arena, type RunningPeer } from './load/arena.ts';
import {
  type CollectOptions,
  collectIdle,
  collectLatency,
  collectLoad,
  collectRefusals,
  type RefusalSeries,
} from './load/collect.ts';
import { describeProcessor, findCores, readTickMicros } from './load/machine.ts';
import { type BenchOptions, parseOptions, USAGE } from './load/options.ts';
import { PEERS, type PeerName, readPeerVersion } from './load/peers.ts';
import { type Row, renderTable } from './load/report.ts';
import { LOAD_SCENARIOS, REFUSAL_RATIO_GOAL } from './load/scenarios.ts';
import { median, pairedRatios } from './load/statistics.ts';
import { provideTools, type Tool } from './load/tools.ts';
import { Workspace } from './load/workspace.ts';
import { collectTables } from './tables/compare.ts';
import { compareFirewalls, renderFirewalls, type WafSeries } from './waf/compare.ts';
import { findRuleSet, wafPrograms } from './waf/programs.ts';

interface Outcome {
  readonly rows: Row[];
  refusals: RefusalSeries | null;
  firewalls: readonly WafSeries[];
}

process.exitCode = await main();

async function main(): Promise<number> {
  const parsed = parseOptions(process.argv.slice(2));
  const runtime = findRuntime();
  if (!parsed.ok) return refuse(`${parsed.fault}\n\n${USAGE}`);
  if (parsed.value.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  if (process.platform !== 'linux') return refuse('The comparison reads /proc and needs Linux.');
  if (!runtime.ok) return refuse(runtime.fault);
  const options = parsed.value;
  const missing = provideTools(neededTools(options), options.install);
  for (const tool of missing) console.error(`${tool} is missing; what needs it is left out.`);
  for (const tool of ['openssl', 'taskset', 'prlimit', 'nginx'] as const) {
    if (missing.includes(tool)) return refuse(`Nothing can be compared without ${tool}.`);
  }
  return await compare(options, runtime.value, missing);
}

/** nginx is needed in any case: as the origin. */
function neededTools({ peers, scenarios }: BenchOptions): Tool[] {
  const tools = peers.flatMap((name) => PEERS[name].tool ?? []);
  const generators: Tool[] = ['wrk', 'hey', 'h2load'];
  if (scenarios.includes('waf')) tools.push('modsecurity');
  const load =
    LOAD_SCENARIOS.some(({ name }) => scenarios.includes(name)) ||
    scenarios.includes('refused') ||
    scenarios.includes('latency') ||
    scenarios.includes('waf');
  return [
    ...new Set<Tool>(['openssl', 'taskset', 'prlimit', 'nginx', ...tools, ...(load ? generators : [])]),
  ];
}

async function compare(options: BenchOptions, runtime: Runtime, missing: readonly Tool[]): Promise<number> {
  const workspace = new Workspace();
  const stop = (): void => {
    workspace.dispose();
    process.exit(130);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, stop);
  try {
    const arena = new Arena({ workspace, cores: findCores(), runtime, tickMicros: readTickMicros() });
    const origin = await arena.startOrigin();
    if (!origin.ok) return refuse(origin.fault);
    const wanted = options.peers.filter((name) => !missing.some((tool) => tool === PEERS[name].tool));
    const peers = await startPeers(arena, wanted);
    const outcome = await measure(options, arena, peers, missing);
    report(options, outcome, wanted, runtime);
    return peers.length === wanted.length ? 0 : 2;
  } finally {
    workspace.dispose();
  }
}

async function startPeers(arena: Arena, names: readonly PeerName[]): Promise<RunningPeer[]> {
  const running: RunningPeer[] = [];
  for (const name of names) {
    const peer = await arena.startPeer(name);
    if (peer.ok) running.push(peer.value);
    else console.error(peer.fault);
  }
  return running;
}

async function measure(
  options: BenchOptions,
  arena: Arena,
  peers: readonly RunningPeer[],
  missing: readonly Tool[],
): Promise<Outcome> {
  const outcome: Outcome = { rows: [], refusals: null, firewalls: [] };
  const endMs = performance.now() + options.minutes * 60_000;
  const collect: CollectOptions = {
    arena,
    rounds: options.rounds,
    seconds: options.seconds,
    isTimeUp: () => performance.now() > endMs,
    say: (line) => console.error(line),
  };
  for (const scenario of LOAD_SCENARIOS) {
    const { tool } = scenario.generate({ url: '', seconds: 0, connections: 0 });
    if (!options.scenarios.includes(scenario.name) || missing.includes(tool)) continue;
    outcome.rows.push(...collectLoad(scenario, peers, collect));
  }
  if (options.scenarios.includes('latency') && !missing.includes('h2load'))
    outcome.rows.push(...collectLatency(peers, collect));
  if (options.scenarios.includes('idle')) outcome.rows.push(await collectIdle(peers, collect));
  if (options.scenarios.includes('tables')) outcome.rows.push(...collectTables(collect));
  const node = peers.find(({ name }) => name === 'node');
  if (options.scenarios.includes('refused') && node !== undefined && !missing.includes('hey')) {
    const refusing = await arena.startRefusingNode();
    if (refusing.ok) outcome.refusals = collectRefusals(node, refusing.value, collect);
    else console.error(refusing.fault);
  }
  if (options.scenarios.includes('waf'))
    outcome.firewalls = await measureFirewalls(options, collect, missing);
  return outcome;
}

async function measureFirewalls(
  options: BenchOptions,
  collect: CollectOptions,
  missing: readonly Tool[],
): Promise<readonly WafSeries[]> {
  const crs = options.crs === null ? null : findRuleSet(options.crs);
  if (crs === null)
    console.error(`${options.crs} holds no Core Rule Set; firewalls are compared without one.`);
  else console.error(`Core Rule Set ${crs.version} on all sides`);
  const programs = wafPrograms(crs).filter(
    ({ needsModSecurity }) => !needsModSecurity || !missing.includes('modsecurity'),
  );
  return await compareFirewalls(programs, collect);
}

function report(
  options: BenchOptions,
  { rows, refusals, firewalls }: Outcome,
  peers: readonly PeerName[],
  runtime: Runtime,
): void {
  const versions = peers.map((name) => `${name} ${readPeerVersion(name, runtime)}`);
  const circumstances = {
    commit: readCommit(),
    date: new Date().toISOString(),
    machine: `${describeProcessor()}, Linux ${release()}`,
    versions,
    command: `npm run bench -- ${process.argv.slice(2).join(' ')}`.trim(),
    rounds: options.rounds,
    seconds: options.seconds,
  };
  console.log(`\n${circumstances.command}  (commit ${circumstances.commit}, ${circumstances.date})`);
  console.log(`${circumstances.machine}; ${versions.join(', ')}; medians of ${options.rounds} rounds`);
  if (rows.length > 0) console.log(`\n${renderTable(rows, peers)}`);
  if (refusals !== null) console.log(`\n${describeRefusals(refusals)}`);
  if (firewalls.length > 0) console.log(`\n${renderFirewalls(firewalls)}`);
  if (options.json === null) return;
  const series = rows.map((row) => ({ ...row, values: Object.fromEntries(row.values) }));
  writeFileSync(options.json, `${JSON.stringify({ ...circumstances, rows: series, refusals }, null, 2)}\n`);
}

function describeRefusals({ refusedMicros, handshakeMicros, refusedPerSecond }: RefusalSeries): string {
  const ratio = median(pairedRatios(refusedMicros, handshakeMicros));
  const verdict = ratio <= REFUSAL_RATIO_GOAL ? 'met' : 'missed';
  return (
    `A refused connection costs the node ${median(refusedMicros).toFixed(1)} us of processor time, ` +
    `a full handshake with one answer ${median(handshakeMicros).toFixed(1)} us: ratio ${ratio.toFixed(3)}, ` +
    `goal <= ${REFUSAL_RATIO_GOAL.toFixed(2)}, ${verdict} (at ${median(refusedPerSecond).toFixed(0)} connections/s).`
  );
}

function readCommit(): string {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8', stdio: 'pipe' }).trim();
  } catch {
    return 'unknown';
  }
}

function refuse(message: string): number {
  console.error(message);
  return 2;
}

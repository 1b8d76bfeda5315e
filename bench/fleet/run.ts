/**
 * `npm run bench:fleet`: simulated nodes over real sockets against one orchestrator on one core.
 *
 *   npm run bench:fleet -- [--nodes 2000] [--bans 100000] [--seconds 20] [--rate 5]
 *
 * Prints what the orchestrator needs for heartbeats alone and with bans, how long a ban takes from the call of the API to
 * being in force on each node, and how long a fresh node takes to have all bans. The swarm has the other core, and its own
 * work counts in.
 */
import { parseArgs } from 'node:util';
import { OrchestratorChild } from './orchestrator-child.ts';
import { PlainCaller } from './plain-call.ts';
import { SwarmNode } from './swarm-node.ts';

const ORCHESTRATOR_CORE = 0;
const PORT = 13_930;
const HEARTBEAT_MS = 10_000;
const JOIN_AT_ONCE = 50;
/** Bans in one report of a node, so that its body stays within what is taken. */
const REPORT_BANS = 200;

const { values } = parseArgs({
  options: {
    nodes: { type: 'string', default: '2000' },
    bans: { type: 'string', default: '100000' },
    seconds: { type: 'string', default: '20' },
    rate: { type: 'string', default: '5' },
  },
});
const [nodeCount, banCount, seconds, rate] = [values.nodes, values.bans, values.seconds, values.rate].map(
  Number,
) as [number, number, number, number];

function print(name: string, figure: string): void {
  process.stdout.write(`${name.padEnd(58)} ${figure}\n`);
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** When each ban was asked for, and how long it took to each node. */
class BanTimes {
  readonly #askedAtMs = new Map<string, number>();
  readonly tookMs: number[] = [];

  asked(target: string): void {
    this.#askedAtMs.set(target, performance.now());
  }

  enforced(target: string): void {
    const atMs = this.#askedAtMs.get(target);
    if (atMs !== undefined) this.tookMs.push(performance.now() - atMs);
  }
}

async function joinAll(orchestrator: OrchestratorChild, times: BanTimes): Promise<readonly SwarmNode[]> {
  const nodes: SwarmNode[] = [];
  const on = { ban: (target: string) => times.enforced(target), caughtUp: () => undefined };
  while (nodes.length < nodeCount) {
    const part = Math.min(JOIN_AT_ONCE, nodeCount - nodes.length);
    nodes.push(
      ...(await Promise.all(Array.from({ length: part }, () => SwarmNode.join(orchestrator.place, on)))),
    );
  }
  return nodes;
}

/** Heartbeats of all nodes, spread over their interval; the answer ends them and tells how many there were. */
function beatAll(nodes: readonly SwarmNode[]): () => { readonly sent: number; readonly refused: number } {
  let sent = 0;
  let refused = 0;
  const timers = nodes.map((node, nth) => {
    const beat = async (): Promise<void> => {
      sent += 1;
      if (!(await node.beat())) refused += 1;
    };
    let repeat: NodeJS.Timeout | null = null;
    const first = setTimeout(
      () => {
        void beat();
        repeat = setInterval(() => void beat(), HEARTBEAT_MS);
      },
      (nth / nodes.length) * HEARTBEAT_MS,
    );
    return () => {
      clearTimeout(first);
      if (repeat !== null) clearInterval(repeat);
    };
  });
  return () => {
    for (const stop of timers) stop();
    return { sent, refused };
  };
}

/** The share of its core that the orchestrator uses while `work` goes on. */
async function cpuShare(orchestrator: OrchestratorChild, work: () => Promise<void>): Promise<number> {
  const [cpu, startMs] = [orchestrator.cpuSeconds(), performance.now()];
  await work();
  return (orchestrator.cpuSeconds() - cpu) / ((performance.now() - startMs) / 1000);
}

async function banAtRate(orchestrator: OrchestratorChild, times: BanTimes): Promise<void> {
  const caller = new PlainCaller(orchestrator.place);
  for (let nth = 0; nth < seconds * rate; nth++) {
    const ip = `198.18.${nth >> 8}.${nth & 255}`;
    times.asked(ip);
    const sentMs = performance.now();
    const { status } = await caller.call('POST', '/api/v1/rules/block_ip', {
      ip,
      reason: 'bench',
      ttl_seconds: 3600,
    });
    if (status !== 200) throw new Error(`a ban was answered with ${status}`);
    await wait(Math.max(0, 1000 / rate - (performance.now() - sentMs)));
  }
  await wait(1000);
  caller.close();
}

/** Bans by the thousand, as many nodes would report them: each may report so many only. */
async function fillUp(orchestrator: OrchestratorChild, reporters: readonly string[]): Promise<void> {
  const caller = new PlainCaller(orchestrator.place);
  for (let first = 0; first < banCount; first += REPORT_BANS) {
    const bans = Array.from({ length: Math.min(REPORT_BANS, banCount - first) }, (_, nth) => ({
      target: `10.${(first + nth) >> 16}.${((first + nth) >> 8) & 255}.${(first + nth) & 255}`,
      ...{ reason: 'WAF_VIOLATIONS', confidence: 0.9, duration_seconds: 86_400, manual: false },
    }));
    const answer = await caller.call(
      'POST',
      `/api/v1/nodes/${reporters[(first / REPORT_BANS) % reporters.length]}/reports`,
      { bans },
    );
    if (answer.status !== 200) throw new Error(`a report was answered with ${answer.status}: ${answer.body}`);
  }
  caller.close();
}

async function freshNode(orchestrator: OrchestratorChild): Promise<void> {
  const startMs = performance.now();
  const caughtUp = Promise.withResolvers<void>();
  const node = await SwarmNode.join(orchestrator.place, { ban: () => undefined, caughtUp: caughtUp.resolve });
  await caughtUp.promise;
  const tookMs = performance.now() - startMs;
  print('bans on a fresh node', String(node.bans.size));
  print('snapshot', `${(node.received / 1e6).toFixed(1)} MB`);
  print('from its registration to all bans in force', `${tookMs.toFixed(0)} ms`);
  node.close();
}

async function main(): Promise<void> {
  const orchestrator = await OrchestratorChild.start(ORCHESTRATOR_CORE, PORT);
  try {
    const times = new BanTimes();
    const empty = orchestrator.residentBytes();
    const nodes = await joinAll(orchestrator, times);
    const endBeats = beatAll(nodes);
    await wait(HEARTBEAT_MS);
    const quiet = await cpuShare(orchestrator, () => wait(seconds * 1000));
    print('nodes', String(nodes.length));
    print('share of one core, heartbeats every 10 s', `${(quiet * 100).toFixed(1)} %`);
    print(
      'memory per node',
      `${((orchestrator.residentBytes() - empty) / nodes.length / 1024).toFixed(1)} KiB`,
    );
    const busy = await cpuShare(orchestrator, () => banAtRate(orchestrator, times));
    print(`share of one core, with ${rate} bans a second as well`, `${(busy * 100).toFixed(1)} %`);
    const sorted = times.tookMs.toSorted((a, b) => a - b);
    print('bans that came to nodes', `${sorted.length} of ${seconds * rate * nodes.length}`);
    print('from the call to in force on a node, p50', `${quantile(sorted, 0.5).toFixed(1)} ms`);
    print('from the call to in force on a node, p99', `${quantile(sorted, 0.99).toFixed(1)} ms`);
    const { sent, refused } = endBeats();
    print('heartbeats refused', `${refused} of ${sent}`);
    for (const node of nodes) node.close();
    await fillUp(
      orchestrator,
      nodes.map(({ id }) => id),
    );
    await freshNode(orchestrator);
  } finally {
    await orchestrator.stop();
  }
}

await main();
process.exit(0);

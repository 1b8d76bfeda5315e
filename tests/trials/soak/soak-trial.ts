/**
 * The trial of endurance: everything that clients do, honest and not, for as long as is wanted. Memory must not grow,
 * files must come back, no thread may be lost, and whoever behaves well is answered.
 *
 * Attacks take turns, each with few connections, so that there is time for the others: how they bear a whole attack is
 * for the trial of attacks.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { Arena, type Bystander } from '../arena.ts';
import type { AssaultReport } from '../attacks/assault-run.ts';
import { ATTACKS } from '../attacks/attacks.ts';
import { FILES_SLACK, judgeFaultless } from '../goals.ts';
import type { HelperProcess } from '../helper-process.ts';
import { placeProcesses } from '../process-figures.ts';
import type { AttackOrder } from '../programs/attacker.ts';
import type { BystanderReport } from '../programs/bystander.ts';
import type { TagOrder, TagProgress } from '../programs/tag-client.ts';
import type { WebSocketCounts, WebSocketOrder } from '../programs/web-socket-client.ts';
import type { TrialReport, TrialRow } from '../report.ts';
import type { TrialOptions, TrialSetting } from '../trial.ts';
import { measureGrowth, type Sample } from './growth.ts';

const TAG_CLIENT = new URL('../programs/tag-client.ts', import.meta.url);
const WEB_SOCKET_CLIENT = new URL('../programs/web-socket-client.ts', import.meta.url);
const ATTACKER = new URL('../programs/attacker.ts', import.meta.url);

const MINUTES = 60;
const SAMPLE_SECONDS = 5;
const ATTACK_SECONDS = 10;
const ATTACK_CONNECTIONS = 8;
/** Attackers come from blocks of addresses in turn; bans of an hour outlast many turns. */
const FIRST_BLOCK = 20;
const BLOCKS = 180;
/** Longer than the node keeps an idle connection to an origin, or waits for a handshake. */
const CALM_SECONDS = 20;
const GROWTH_SHARE_MAX = 0.05;
const GROWTH_MIB_MAX = 8;

const SETTINGS = {
  upstream: { response_timeout_seconds: 2 },
  ddos: {
    // Those who behave well and ask a lot are known; the bystander is not.
    blacklist: { whitelist: ['127.0.0.3', '127.0.0.4', '127.0.0.5'] },
    rate_limiting: { requests_per_second: 200, burst_size: 100 },
    connection_limits: {
      max_connections_per_ip: 10,
      max_total_connections: 10_000,
      max_new_connections_per_second: 50,
    },
  },
};

const PLAN = {
  requests: Number.MAX_SAFE_INTEGER,
  seed: 1,
  cancelEvery: 20,
  expireEvery: 5000,
  expireMs: 2300,
  bodyBytesMax: 60_000,
};

/** Who is there beside the attacker. */
interface Visitors {
  readonly bystander: Bystander;
  readonly http1: HelperProcess;
  readonly http2: HelperProcess;
  readonly webSockets: HelperProcess;
}

export async function runSoak(options: TrialOptions): Promise<TrialReport> {
  const minutes = options.minutes ?? MINUTES;
  const setting: TrialSetting = { runtime: options.runtime, placement: placeProcesses() };
  const rows = await soak(setting, 60 * minutes);
  for (const row of rows) options.onRow(row);
  return {
    title: `soak, ${minutes} minutes`,
    notes: [
      `${setting.placement.text}; node on ${setting.runtime.name} ${setting.runtime.version}, one worker`,
      `attacks in turn, ${ATTACK_SECONDS} s each with ${ATTACK_CONNECTIONS} connections; a sample each ${SAMPLE_SECONDS} s`,
    ],
    rows,
  };
}

/** Runs for so many seconds; the attacks' time is cut short where that is little. */
export async function soak(
  setting: TrialSetting,
  seconds: number,
  attackSeconds: number = ATTACK_SECONDS,
): Promise<readonly TrialRow[]> {
  const arena = await Arena.open(setting, { settings: SETTINGS });
  try {
    const filesBefore = arena.figures().openFiles;
    const visitors = await invite(arena);
    const samples: (Sample & { readonly files: number })[] = [];
    const startMs = performance.now();
    const endMs = startMs + 1000 * seconds;
    const attacks = attackInTurn(arena, attackSeconds, endMs);
    while (performance.now() < endMs) {
      const { residentMib, openFiles } = arena.figures();
      samples.push({ seconds: (performance.now() - startMs) / 1000, value: residentMib, files: openFiles });
      await pause(Math.max(0, Math.min(1000 * SAMPLE_SECONDS, endMs - performance.now())));
    }
    const rows = [await attacks, memoryRow(samples), ...(await farewell(visitors))];
    const filesAfter = await calmFiles(arena, filesBefore);
    const filesMost = Math.max(...samples.map(({ files }) => files));
    return [...rows, filesRow(filesBefore, filesMost, filesAfter), await soundRow(arena)];
  } finally {
    await arena.close();
  }
}

async function invite(arena: Arena): Promise<Visitors> {
  const { port } = arena.node;
  const http1 = arena.helper(TAG_CLIENT);
  const http2 = arena.helper(TAG_CLIENT);
  const webSockets = arena.helper(WEB_SOCKET_CLIENT);
  const order = (protocol: 'http1' | 'http2', connections: number, from: string): TagOrder => ({
    protocol,
    connections,
    plan: { ...PLAN, prefix: protocol },
    target: { port, from, host: 'shop.example', pauseMs: 200 },
  });
  const sockets: WebSocketOrder = { port, from: '127.0.0.5', sockets: 8, everyMs: 100 };
  await http1.ask('start', order('http1', 6, '127.0.0.3'));
  await http2.ask('start', order('http2', 1, '127.0.0.4'));
  await webSockets.ask('start', sockets);
  const bystander = await arena.bystander({
    from: '127.0.0.2',
    perSecond: 50,
    freshEvery: 10,
    underWayMax: 3,
    waitingMax: 100,
  });
  return { bystander, http1, http2, webSockets };
}

async function attackInTurn(arena: Arena, attackSeconds: number, endMs: number): Promise<TrialRow> {
  const attacker = arena.helper(ATTACKER, true);
  let connections = 0;
  let turns = 0;
  for (; performance.now() < endMs; turns++) {
    const order: AttackOrder = {
      attack: ATTACKS[turns % ATTACKS.length]!.name,
      port: arena.node.port,
      block: FIRST_BLOCK + (turns % BLOCKS),
      connections: ATTACK_CONNECTIONS,
    };
    await attacker.ask('start', order);
    await pause(Math.max(0, Math.min(1000 * attackSeconds, endMs - performance.now())));
    connections += (await attacker.ask<AssaultReport>('stop')).connections;
  }
  return row('attackers', `${turns} attacks, ${connections} connections`, 'as many as there is time for', []);
}

/** Everybody leaves, and tells how it was. */
async function farewell(visitors: Visitors): Promise<readonly TrialRow[]> {
  const bystander: BystanderReport = await visitors.bystander.stop();
  const rows = [
    row(
      'bystander',
      `${bystander.sent} asked, ${bystander.statuses[200] ?? 0} answered 200`,
      'all answered 200',
      judgeFaultless('during the soak', bystander),
    ),
  ];
  for (const [name, helper] of [
    ['http1', visitors.http1],
    ['http2', visitors.http2],
  ] as const) {
    rows.push(tagRow(name, await helper.ask<TagProgress>('stop')));
  }
  const { opened, echoes, broken } = await visitors.webSockets.ask<WebSocketCounts>('stop');
  const cut = [...(broken === 0 ? [] : [`${broken} were cut`]), ...(echoes === 0 ? ['no echo came'] : [])];
  rows.push(row('web-sockets', `${opened} opened, ${echoes} echoes, ${broken} cut`, 'none cut', cut));
  return rows;
}

function tagRow(
  name: string,
  { asked, right, mixedUp, cancelled, expired, lost, otherwise, faults }: TagProgress,
): TrialRow {
  const others = Object.entries(otherwise).map(([status, count]) => `${count} answered ${status}`);
  const wrong = [
    ...(mixedUp === 0 ? [] : [`${mixedUp} mixed up: ${faults.join('; ')}`]),
    ...(lost === 0 ? [] : [`${lost} lost: ${faults.join('; ')}`]),
    ...others,
    ...(right === 0 ? ['none answered'] : []),
  ];
  const measured = `${asked} asked, ${right} right, ${cancelled} cancelled, ${expired} expired`;
  return row(name, measured, 'right, or given up by the client', wrong);
}

function memoryRow(samples: readonly Sample[]): TrialRow {
  const { firstHalf, secondHalf, perHour } = measureGrowth(samples);
  const most = Math.max(...samples.map(({ value }) => value));
  const grown = secondHalf - firstHalf;
  const allowed = Math.max(GROWTH_MIB_MAX, GROWTH_SHARE_MAX * firstHalf);
  const measured = `${firstHalf.toFixed(0)} then ${secondHalf.toFixed(0)} MiB, ${perHour.toFixed(1)} MiB/h, most ${most.toFixed(0)}`;
  const misses = grown <= allowed ? [] : [`memory grew by ${grown.toFixed(0)} MiB`];
  return row('memory', measured, `second half at most ${allowed.toFixed(0)} MiB above the first`, misses);
}

async function calmFiles(arena: Arena, before: number): Promise<number> {
  const endMs = performance.now() + 1000 * CALM_SECONDS;
  for (;;) {
    const { openFiles } = arena.figures();
    if (openFiles <= before + FILES_SLACK || performance.now() > endMs) return openFiles;
    await pause(500);
  }
}

function filesRow(before: number, most: number, after: number): TrialRow {
  const misses = after <= before + FILES_SLACK ? [] : [`${after - before} files were left open`];
  return row('files', `${before}, most ${most}, then ${after}`, `back to ${before} + ${FILES_SLACK}`, misses);
}

/** No thread was lost, and no error met in the node's own code. */
async function soundRow(arena: Arena): Promise<TrialRow> {
  const restarts = await arena.node.metric('secbeat_worker_restarts_total');
  const errors = arena.node.errors();
  const misses = [
    ...(restarts === 0 ? [] : [`${restarts} threads were replaced`]),
    ...errors.slice(0, 3).map((line) => `unexpected: ${line}`),
  ];
  return row('soundness', `${restarts} restarts, ${errors.length} unexpected errors`, 'none', misses);
}

function row(name: string, measured: string, goal: string, misses: readonly string[]): TrialRow {
  return { name, cells: { measured, goal }, misses, skipped: null };
}

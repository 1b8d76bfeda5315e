/**
 * The trial of tags: a million requests over HTTP/1.1 and HTTP/2, each with a tag of its own, while clients give up and
 * the origin is late. The goal is that no answer ever reaches another request.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { Arena } from '../arena.ts';
import type { HelperProcess } from '../helper-process.ts';
import { NOT_PLACED } from '../process-figures.ts';
import type { TagOrder, TagProgress } from '../programs/tag-client.ts';
import type { TrialReport, TrialRow } from '../report.ts';
import { isChosen, type TrialOptions } from '../trial.ts';
import type { TagPlan } from './tag-book.ts';

const TAG_CLIENT = new URL('../programs/tag-client.ts', import.meta.url);
const WORKERS = 2;
/** The shortest that the node can be told. */
const RESPONSE_SECONDS = 1;
const LOOK_MS = 250;
/** Where not even this suffices, something stands still. */
const MINUTES_MAX = 60;
/** What is held, cut or shed is a small part of an honest run. */
const ANSWERED_SHARE_MIN = 0.9;

const PROTOCOLS = [
  { protocol: 'http1', connections: 48, from: '127.0.0.2' },
  { protocol: 'http2', connections: 4, from: '127.0.0.3' },
] as const;

const PLAN: Omit<TagPlan, 'requests' | 'prefix'> = {
  seed: 1,
  cancelEvery: 50,
  expireEvery: 2000,
  expireMs: 1300,
  bodyBytesMax: 200,
};

export async function runTags(options: TrialOptions): Promise<TrialReport> {
  const chosen = PROTOCOLS.filter(({ protocol }) => isChosen(protocol, options));
  const each = Math.ceil(options.requests / Math.max(1, chosen.length));
  const arena = await Arena.open(
    { runtime: options.runtime, placement: NOT_PLACED },
    { workers: WORKERS, settings: { upstream: { response_timeout_seconds: RESPONSE_SECONDS } } },
  );
  const rows: TrialRow[] = [];
  try {
    const clients = chosen.map(({ protocol, connections, from }) => {
      const helper = arena.helper(TAG_CLIENT);
      const target = { port: arena.node.port, from, host: 'shop.example', pauseMs: 0 };
      const order: TagOrder = {
        protocol,
        connections,
        plan: { ...PLAN, requests: each, prefix: protocol },
        target,
      };
      return { protocol, helper, order };
    });
    await Promise.all(clients.map(({ helper, order }) => helper.ask('start', order)));
    const endMs = performance.now() + 60_000 * (options.minutes ?? MINUTES_MAX);
    for (const { protocol, helper } of clients) {
      const row = toRow(protocol, await untilDone(helper, endMs));
      rows.push(row);
      options.onRow(row);
    }
  } finally {
    await arena.close();
  }
  return {
    title: 'tags',
    notes: [
      `node on ${options.runtime.name} ${options.runtime.version}, two workers, all processes on all cores`,
      `one request in ${PLAN.cancelEvery} is cancelled, one in ${PLAN.expireEvery} held beyond the limit of ${RESPONSE_SECONDS} s`,
      'goal: no answer with the tag of another request, and none lost that the client did not give up',
    ],
    rows,
  };
}

async function untilDone(helper: HelperProcess, endMs: number): Promise<TagProgress> {
  for (;;) {
    const progress = await helper.ask<TagProgress>('counts');
    if (progress.done) return progress;
    if (performance.now() > endMs) return await helper.ask<TagProgress>('stop');
    await pause(LOOK_MS);
  }
}

function toRow(name: string, counts: TagProgress): TrialRow {
  const { done, asked, right, mixedUp, expired, cancelled, otherwise, lost, faults } = counts;
  const late = done ? [] : ['not all requests were asked in time'];
  const others = Object.entries(otherwise).map(([status, count]) => `${status}: ${count}`);
  return {
    name,
    cells: {
      asked,
      right,
      mixed_up: mixedUp,
      expired,
      cancelled,
      otherwise: others.join(', ') || null,
      lost,
    },
    misses: [
      ...late,
      ...(mixedUp === 0 ? [] : [`${mixedUp} answers of other requests: ${faults.join('; ')}`]),
      ...(lost === 0 ? [] : [`${lost} lost: ${faults.join('; ')}`]),
      ...(right >= ANSWERED_SHARE_MIN * asked ? [] : [`only ${right} of ${asked} were answered rightly`]),
    ],
    skipped: null,
  };
}

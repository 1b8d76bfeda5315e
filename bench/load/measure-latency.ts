/**
 * What a program adds to the delay of a request at a rate well below its capacity, where queues are short and what is
 * left is the program's own doing. The same generator asks the origin directly for what is to be subtracted.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { fail, ok, type Result } from '../../src/core/result.ts';
import type { ArenaOptions } from './arena.ts';
import { BODIES } from './bodies.ts';
import { h2loadAtRate, parseRequestLog } from './generators.ts';
import { percentile } from './statistics.ts';
import { findTool } from './tools.ts';

export interface LatencySample {
  readonly p50Ms: number;
  readonly p99Ms: number;
}

const CONNECTIONS = 8;
const MARGIN_MS = 30_000;
/** Fewer answers than this share of what was asked for say nothing about the rate. */
const ANSWERED_MIN = 0.9;

/** @param base `https://host:port` of a program or `http://host:port` of the origin */
export function measureLatency(
  { cores, workspace }: ArenaOptions,
  base: string,
  perSecond: number,
  seconds: number,
): Result<LatencySample, string> {
  const logFile = `${workspace.folder}/requests.log`;
  const request = { url: `${base}${BODIES.small.path}`, seconds, connections: CONNECTIONS };
  const { tool, args } = h2loadAtRate(request, perSecond, logFile);
  rmSync(logFile, { force: true });
  const run = spawnSync('taskset', ['-c', String(cores.load), findTool(tool) ?? tool, ...args], {
    encoding: 'utf8',
    timeout: seconds * 1000 + MARGIN_MS,
  });
  const milliseconds = run.status === 0 ? parseRequestLog(readFileSync(logFile, 'utf8')) : [];
  if (milliseconds.length < perSecond * seconds * ANSWERED_MIN)
    return fail(`only ${milliseconds.length} answers at ${perSecond} requests/s: ${run.stderr ?? ''}`);
  return ok({ p50Ms: percentile(milliseconds, 50), p99Ms: percentile(milliseconds, 99) });
}

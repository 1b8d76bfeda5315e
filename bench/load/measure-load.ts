/** Puts one load on one program and relates the processor time that it took to the requests that it answered. */
import { spawnSync } from 'node:child_process';
import { fail, ok, type Result } from '../../src/core/result.ts';
import type { ArenaOptions, RunningPeer } from './arena.ts';
import { BODIES } from './bodies.ts';
import { type LoadResult, parseLoad } from './generators.ts';
import { findFamily, readResidentKib, readTicks } from './machine.ts';
import type { LoadScenario } from './scenarios.ts';
import { findTool } from './tools.ts';

export interface LoadSample extends LoadResult {
  readonly cpuMicrosPerRequest: number;
  readonly residentKib: number;
}

/** What a load generator may take beyond its time. */
const MARGIN_MS = 30_000;

export function measureLoad(
  { cores, tickMicros }: ArenaOptions,
  peer: RunningPeer,
  scenario: LoadScenario,
  seconds: number,
): Result<LoadSample, string> {
  const { connections, body } = scenario;
  const url = `https://127.0.0.1:${peer.port}${BODIES[body].path}`;
  const { tool, args } = scenario.generate({ url, seconds, connections });
  const family = findFamily(peer.pid);
  const before = readTicks(family);
  const run = spawnSync('taskset', ['-c', String(cores.load), findTool(tool) ?? tool, ...args], {
    encoding: 'utf8',
    timeout: seconds * 1000 + MARGIN_MS,
  });
  const micros = (readTicks(family) - before) * tickMicros;
  const result = parseLoad(tool, run.stdout ?? '');
  if (result === null || result.requests === 0) {
    return fail(`${tool} measured nothing on ${peer.name}: ${run.stderr ?? ''}${run.stdout ?? ''}`);
  }
  return ok({
    ...result,
    cpuMicrosPerRequest: micros / result.requests,
    residentKib: readResidentKib(family),
  });
}

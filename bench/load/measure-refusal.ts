/** What a connection costs the node that it refuses before TLS. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { fail, ok, type Result } from '../../src/core/result.ts';
import type { ArenaOptions, RunningPeer } from './arena.ts';
import { findFamily, readTicks } from './machine.ts';

export interface RefusalSample {
  readonly connectionsPerSecond: number;
  readonly cpuMicrosPerConnection: number;
}

const MARGIN_MS = 30_000;

export function measureRefusal(
  { cores, runtime, tickMicros }: ArenaOptions,
  peer: RunningPeer,
  seconds: number,
): Result<RefusalSample, string> {
  const script = fileURLToPath(new URL('./connect-client.ts', import.meta.url));
  const family = findFamily(peer.pid);
  const before = readTicks(family);
  const args = ['-c', String(cores.load), runtime.path, script, String(peer.port), String(seconds * 1000)];
  const run = spawnSync('taskset', args, { encoding: 'utf8', timeout: seconds * 1000 + MARGIN_MS });
  const micros = (readTicks(family) - before) * tickMicros;
  if (run.status !== 0) return fail(`the connecting client failed: ${run.stderr}`);
  const { connections, answered } = JSON.parse(run.stdout) as { connections: number; answered: number };
  if (answered > 0) return fail(`the refusing node answered on ${answered} connections`);
  return ok({ connectionsPerSecond: connections / seconds, cpuMicrosPerConnection: micros / connections });
}

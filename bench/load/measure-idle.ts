/** How much memory an idle TLS connection holds in one program. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { fail, ok, type Result } from '../../src/core/result.ts';
import type { ArenaOptions, RunningPeer } from './arena.ts';
import { BODIES } from './bodies.ts';
import { findFamily, readResidentKib } from './machine.ts';

const CONNECTIONS = 2000;
/** The warm-up puts code and shared buffers in place, which would otherwise be counted as the connections'. */
const WARMUP_CONNECTIONS = 400;
const PROCESSES = 4;
const TIMEOUT_MS = 60_000;
/** Time for a program to give back what the handshakes needed. */
const SETTLE_MS = 1500;

/** Bytes of resident memory per connection that has served one request and waits for the next. */
export async function measureIdle(options: ArenaOptions, peer: RunningPeer): Promise<Result<number, string>> {
  const family = findFamily(peer.pid);
  const warmup = await whileHolding(options, peer, WARMUP_CONNECTIONS, () => 0);
  if (!warmup.ok) return warmup;
  const before = readResidentKib(family);
  const after = await whileHolding(options, peer, CONNECTIONS, () => readResidentKib(family));
  return after.ok ? ok(((after.value - before) * 1024) / CONNECTIONS) : after;
}

/** Opens connections from several processes, reads a value while they are idle, and lets go of them. */
async function whileHolding(
  options: ArenaOptions,
  peer: RunningPeer,
  count: number,
  read: () => number,
): Promise<Result<number, string>> {
  const clients = Array.from({ length: PROCESSES }, () => startClient(options, peer, count / PROCESSES));
  const gone = clients.map((client) => once(client, 'exit'));
  try {
    const limit = AbortSignal.timeout(TIMEOUT_MS);
    const lines = await Promise.all(
      clients.map((client) => once(client.stdout ?? client, 'data', { signal: limit })),
    );
    const open = lines.reduce((total, [line]) => total + Number(String(line).split(' ')[1]), 0);
    if (open !== count) return fail(`${peer.name} served only ${open} of ${count} idle connections`);
    await pause(SETTLE_MS);
    return ok(read());
  } catch (error) {
    return fail(
      `idle connections on ${peer.name}: ${error instanceof Error ? error.message : String(error)}`,
    );
  } finally {
    for (const client of clients) client.kill('SIGKILL');
    await Promise.all(gone);
    await pause(SETTLE_MS);
  }
}

function startClient({ cores, runtime }: ArenaOptions, peer: RunningPeer, count: number): ChildProcess {
  const script = fileURLToPath(new URL('./idle-client.ts', import.meta.url));
  const args = [
    '-c',
    String(cores.load),
    runtime.path,
    script,
    String(peer.port),
    String(count),
    BODIES.small.path,
  ];
  return spawn('taskset', args, { stdio: ['pipe', 'pipe', 'ignore'] });
}

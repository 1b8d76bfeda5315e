/** `secbeat up --nodes 3`: one command runs a whole fleet on one machine. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { OWN_HOST, toToml } from '../support/node-config.ts';
import { createFolder, removeFolder } from '../support/node-process.ts';
import { statusFrom } from '../support/status-from.ts';
import { until, within } from '../support/until.ts';

const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
const NODES = 3;
/** What one command promises about a ban on one of its nodes. */
const BOUND_MS = 1000;

/** Ports as they are dealt out from a base: traffic up by one, management down by one, metrics up by a hundred. */
const PORTS = {
  traffic: [0, 1, 2],
  management: [9, 8, 7],
  metrics: [20, 120, 220],
  origin: [30],
  api: [31],
  apiMetrics: [32],
} as const;

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  const { promise, resolve } = Promise.withResolvers<boolean>();
  server.once('error', () => resolve(false));
  server.listen({ port, host: OWN_HOST, exclusive: true }, () => server.close(() => resolve(true)));
  return await promise;
}

/** A base from which all of these ports are free. */
async function freeBase(): Promise<number> {
  const offsets = Object.values(PORTS).flat();
  for (let attempt = 0; attempt < 100; attempt++) {
    const base = 20_000 + 250 * Math.floor(Math.random() * 48);
    const free = await Promise.all(offsets.map((offset) => isFree(base + offset)));
    if (free.every((one) => one)) return base;
  }
  throw new Error('this machine has no free ports');
}

describe('a fleet that one command runs', { timeout: 120_000 }, () => {
  let folder: string;
  let base: number;
  let up: ChildProcess;
  let ended: Promise<unknown>;
  let output = '';
  const at = (port: number): string => `${OWN_HOST}:${base + port}`;
  before(async () => {
    folder = createFolder();
    base = await freeBase();
    const settings = {
      network: {
        ...{ workers: 1, listen_addr: at(PORTS.traffic[0]), backend_addr: at(PORTS.origin[0]) },
        tls: { tls_port: base },
      },
      metrics: { listen_addr: at(PORTS.metrics[0]) },
      management: { listen_addr: at(PORTS.management[0]) },
      fleet: { listen_addr: at(PORTS.api[0]), metrics_addr: at(PORTS.apiMetrics[0]) },
      origin: { listen_addr: at(PORTS.origin[0]) },
      orchestrator: { server_url: `http://${at(PORTS.api[0])}` },
    };
    writeFileSync(join(folder, 'up.toml'), toToml(settings));
    up = spawn(process.execPath, [MAIN, 'up', '--nodes', String(NODES), '--config', 'up.toml'], {
      cwd: folder,
      env: { PATH: process.env.PATH ?? '' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    ended = once(up, 'close');
    for (const stream of [up.stdout!, up.stderr!]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
    }
    await until(
      'three nodes that are active',
      () => output.match(/^node\S* +\| .*new_status=Active/gm)?.length ?? 0,
      (active) => active === NODES,
    );
  });
  after(async () => {
    up.kill('SIGTERM');
    await within('end of the fleet', ended);
    removeFolder(folder);
  });

  /** Milliseconds until every node does with an address what it should. */
  async function untilAll(from: string, status: number | null): Promise<number> {
    const startMs = performance.now();
    for (const port of PORTS.traffic) {
      await until(
        `${from} at ${at(port)}`,
        () => statusFrom(from, { host: OWN_HOST, port: base + port }),
        (found) => found === status,
      );
    }
    return performance.now() - startMs;
  }

  it('has all nodes in it', async () => {
    const stats = await fetch(`http://${at(PORTS.api[0])}/api/v1/fleet/stats`);
    const { active_nodes: active } = (await stats.json()) as { readonly active_nodes: number };
    assert.equal(active, NODES);
  });

  it('holds a ban of one node on the others within a second', async () => {
    const from = '127.9.0.1';
    await untilAll(from, 200);
    const token = readFileSync(join(folder, 'state', 'node-2', 'management.token'), 'utf8').trim();
    const answer = await fetch(`http://${at(PORTS.management[1])}/api/v1/blacklist`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ ip: from, reason: 'a try', duration_seconds: 600 }),
    });
    assert.equal(answer.status, 200);
    const tookMs = await untilAll(from, null);
    assert.ok(tookMs < BOUND_MS, `${tookMs} ms`);
  });
});

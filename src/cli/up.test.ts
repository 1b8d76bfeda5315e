import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));

/** Keys that hold an address, in the order of the ports below. */
const ADDRESSES = [
  ['network', 'listen_addr'],
  ['network', 'backend_addr'],
  ['metrics', 'listen_addr'],
  ['management', 'listen_addr'],
  ['fleet', 'listen_addr'],
  ['fleet', 'metrics_addr'],
] as const;

interface Scene {
  readonly folder: string;
  readonly ports: readonly number[];
}

/** A folder with a configuration whose ports are free. */
async function stage(t: TestContext): Promise<Scene> {
  const folder = mkdtempSync(join(tmpdir(), 'secbeat-up-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const ports = await freePorts(ADDRESSES.length);
  const lines = ADDRESSES.map(([section, key], index) => `${section}.${key} = "127.0.0.1:${ports[index]}"`);
  lines.push(`origin.listen_addr = "127.0.0.1:${ports[1]}"`, 'network.workers = 1');
  lines.push(`orchestrator.server_url = "http://127.0.0.1:${ports[4]}"`);
  writeFileSync(join(folder, 'up.toml'), lines.join('\n'));
  return { folder, ports };
}

/** Ports that differ, because they are held at the same time. */
async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(Array.from({ length: count }, () => hold(0)));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  for (const server of servers) {
    server.close();
    await once(server, 'close');
  }
  return ports;
}

async function hold(port: number): Promise<Server> {
  const server = createServer().listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

interface Run {
  readonly child: ChildProcess;
  /** Exit code, once all output is read. */
  readonly ended: Promise<number | null>;
  output(): string;
  complaints(): string;
  /** Resolves once the output holds `text`, or has ended. */
  saying(text: string): Promise<void>;
}

function startUp(t: TestContext, { folder }: Scene): Run {
  const child = spawn(process.execPath, [MAIN, 'up', '--config', 'up.toml'], { cwd: folder });
  t.after(() => child.kill('SIGKILL'));
  let output = '';
  let complaints = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaints += text;
  });
  const ended = once(child, 'close').then(([code]) => code as number | null);
  return {
    child,
    ended,
    output: () => output,
    complaints: () => complaints,
    saying: async (text) => {
      const more = Promise.withResolvers<void>();
      const check = (): void => {
        if (output.includes(text)) more.resolve();
      };
      child.stdout.on('data', check);
      check();
      await Promise.race([more.promise, ended]);
    },
  };
}

it('runs orchestrator, origin and node, says what to try, and stops them in order', {
  timeout: 30_000,
}, async (t) => {
  const scene = await stage(t);
  const [traffic, , metrics, , fleet] = scene.ports;
  const up = startUp(t, scene);
  await up.saying('Stop with Ctrl-C');
  assert.match(up.output(), new RegExp(`^ {2}curl -k https://127\\.0\\.0\\.1:${traffic}/$`, 'm'));
  await up.saying('new_status=Active');
  const stats = await fetch(`http://127.0.0.1:${fleet}/api/v1/fleet/stats`);
  assert.equal(((await stats.json()) as { total_nodes: number }).total_nodes, 1);
  assert.equal((await fetch(`http://127.0.0.1:${metrics}/metrics`)).status, 200);
  up.child.kill('SIGTERM');
  assert.equal(await up.ended, 0);
  assert.match(up.output(), /node stopped[\s\S]*origin stopped[\s\S]*orchestrator stopped/);
});

it('names the part and the address that is taken, and starts nothing', async (t) => {
  const scene = await stage(t);
  const taken = await hold(scene.ports[2] ?? 0);
  t.after(() => taken.close());
  const up = startUp(t, scene);
  assert.equal(await up.ended, 2);
  assert.equal(up.output(), '');
  assert.match(up.complaints(), new RegExp(`^node: 127\\.0\\.0\\.1:${scene.ports[2]} is taken`));
});

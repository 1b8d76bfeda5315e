/** What the orchestrator acknowledged is still true after it was stopped, killed, or started twice. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createSystemClock } from '../../src/core/clock.ts';
import { silentLogger } from '../../src/core/logger.ts';
import type { ControlAnswer } from '../../src/messages/control-answer.ts';
import { OrchestratorStartError, startOrchestrator } from '../../src/orchestrator/main.ts';
import { beatOf, JOIN, OrchestratorStand } from '../../src/orchestrator/testing/orchestrator-stand.ts';
import { until } from '../support/until.ts';

async function withStand(check: (stand: OrchestratorStand) => Promise<void>): Promise<void> {
  const stand = await OrchestratorStand.open();
  try {
    await check(stand);
  } finally {
    await stand.close();
  }
}

describe('after a restart', () => {
  it('nodes, their order and orders to them are as before', async () => {
    await withStand(async (stand) => {
      const nodeIds = [await stand.register(), await stand.register(), await stand.register()];
      await stand.call('/nodes/heartbeat', { body: beatOf(nodeIds[0]!) });
      await stand.call(`/nodes/${nodeIds[1]}/terminate`, { body: { reason: 'OLD' } });
      await stand.stop();
      await stand.start();
      const facts = (await stand.nodes()).map((node) => [node.node_id, node.status, node.intent]);
      assert.deepEqual(facts, [
        [nodeIds[0], 'Active', 'run'],
        [nodeIds[1], 'Terminating', 'terminate'],
        [nodeIds[2], 'Registered', 'run'],
      ]);
      const beat = await stand.call<ControlAnswer>('/nodes/heartbeat', { body: beatOf(nodeIds[1]!) });
      assert.equal(beat.json.commands[0]?.parameters.reason, 'OLD');
    });
  });

  it('a poll that waited was answered, and the file belongs to its owner alone', async () => {
    await withStand(async (stand) => {
      const nodeId = await stand.register();
      const poll = stand.call(`/nodes/${nodeId}/commands?wait=30`);
      const page = async (): Promise<string> => (await fetch(stand.metricsUrl)).text();
      await until('poll that waits', page, (text) => /^secbeat_command_waiters 1$/m.test(text));
      await stand.stop();
      assert.equal((await poll).status, 200);
      assert.equal(statSync(stand.databasePath).mode & 0o777, 0o600);
      await stand.start();
    });
  });

  it('with a lost disk, nodes are unknown and come back as themselves', async () => {
    await withStand(async (stand) => {
      const nodeId = await stand.register();
      await stand.stop();
      stand.loseDisk();
      await stand.start();
      assert.equal((await stand.call('/nodes/heartbeat', { body: beatOf(nodeId) })).status, 404);
      assert.equal(await stand.register({ node_id: nodeId }), nodeId);
      assert.equal((await stand.call('/nodes/heartbeat', { body: beatOf(nodeId) })).status, 200);
    });
  });
});

describe('a second orchestrator', () => {
  const options = (port: number, path: string) => ({
    listen: { host: '127.0.0.1', port },
    metricsListen: null,
    heartbeatIntervalSeconds: 30,
    heartbeatTimeoutSeconds: 10,
    maxMissed: 3,
    deadNodeCheckIntervalSeconds: 10,
    store: { kind: 'sqlite' as const, path },
    tokens: [],
  });
  const deps = { clock: createSystemClock(), logger: silentLogger, version: '0' };

  it('on the same file is refused', async () => {
    await withStand(async (stand) => {
      const second = startOrchestrator(options(0, stand.databasePath), deps);
      await assert.rejects(second, (error: Error) => {
        assert.ok(error instanceof OrchestratorStartError);
        assert.match(error.message, /another orchestrator uses it/);
        return true;
      });
      assert.equal((await stand.call('/health')).status, 200);
    });
  });

  it('on the same port is refused, and leaves nothing behind', async () => {
    await withStand(async (stand) => {
      const folder = mkdtempSync(join(tmpdir(), 'second-orchestrator-'));
      const path = join(folder, 'orchestrator.db');
      const port = Number(new URL(stand.url).port);
      await assert.rejects(startOrchestrator(options(port, path), deps), /in use by another process/);
      const third = await startOrchestrator(options(0, path), deps);
      await third.close();
      await third.close();
      rmSync(folder, { recursive: true });
    });
  });
});

describe('the command', () => {
  const MODULE = fileURLToPath(new URL('../../src/cli/orchestrator.ts', import.meta.url));

  /** Runs the command in a process of its own until it says where it listens. */
  async function launch(folder: string): Promise<{ child: ChildProcess; url: string }> {
    const configPath = join(folder, 'orchestrator.toml');
    const fleet = '[fleet]\nlisten_addr = "127.0.0.1:0"\nmetrics_addr = "127.0.0.1:0"\n';
    writeFileSync(configPath, `${fleet}[state]\ndir = ${JSON.stringify(join(folder, 'state'))}\n`);
    const script = `
      const { orchestratorCommand } = await import(${JSON.stringify(MODULE)});
      await orchestratorCommand().parseAsync(['--config', ${JSON.stringify(configPath)}], { from: 'user' });`;
    const child = spawn(process.execPath, ['-e', `(async () => {${script}})()`], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    for await (const line of createInterface({ input: child.stdout! })) {
      const url = /Orchestrator is listening address=(\S+)/.exec(line)?.[1];
      if (url !== undefined) return { child, url };
    }
    throw new Error('the orchestrator ended without listening');
  }

  async function post(url: string, body: unknown): Promise<Record<string, unknown>> {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
    assert.equal(response.status, 200);
    return (await response.json()) as Record<string, unknown>;
  }

  // Two processes start; that takes its time on a busy machine.
  it('has lost nothing that it acknowledged when it is killed', { timeout: 60_000 }, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'killed-orchestrator-'));
    try {
      const first = await launch(folder);
      const nodeIds: unknown[] = [];
      for (let node = 0; node < 5; node += 1) {
        nodeIds.push((await post(`${first.url}/api/v1/nodes/register`, JOIN)).node_id);
      }
      await post(`${first.url}/api/v1/nodes/${nodeIds[3]}/terminate`, {});
      first.child.kill('SIGKILL');
      await once(first.child, 'close');
      const second = await launch(folder);
      const nodes = (await (await fetch(`${second.url}/api/v1/nodes`)).json()) as Record<string, unknown>[];
      assert.deepEqual(
        nodes.map((node) => [node.node_id, node.intent]),
        nodeIds.map((nodeId, index) => [nodeId, index === 3 ? 'terminate' : 'run']),
      );
      second.child.kill('SIGTERM');
      const [exitCode] = await once(second.child, 'close');
      assert.equal(exitCode, 0);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

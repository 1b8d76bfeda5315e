/** A node that becomes a member of a fleet with TLS, as an operator makes it one, stays a member, and ceases to be one. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { parse } from 'smol-toml';
import { OrchestratorStand } from '../../src/orchestrator/testing/orchestrator-stand.ts';
import { type Settings, toToml } from '../support/node-config.ts';
import { createFolder, NodeProcess, removeFolder } from '../support/node-process.ts';
import { Stand } from '../support/stand.ts';
import { until } from '../support/until.ts';

const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
const REGISTERED = /Successfully registered with orchestrator/;

describe('a fleet with TLS', { timeout: 120_000 }, () => {
  let folder: string;
  let fleet: OrchestratorStand;
  let token: string;
  const stands: Stand[] = [];
  before(async () => {
    folder = createFolder();
    // Certificates hold for so short that they are renewed while the test runs.
    const tls = { names: [], nodeLifetimeMs: 18_000 };
    fleet = await OrchestratorStand.open({ tls, heartbeatIntervalSeconds: 1 });
    const settings = {
      fleet: { listen_addr: new URL(fleet.url).host, tls: { enabled: true } },
      state: { dir: dirname(fleet.authorityFolder) },
    };
    writeFileSync(join(folder, 'fleet.toml'), toToml(settings));
    token = await secbeat('token', 'create', '--name', 'test', '--role', 'admin');
  });
  after(async () => {
    for (const stand of stands) await stand.close();
    await fleet.close();
    removeFolder(folder);
  });

  /** What a command of the program prints. */
  async function secbeat(...args: readonly string[]): Promise<string> {
    const all = [MAIN, ...args, '--config', join(folder, 'fleet.toml')];
    const env = { PATH: process.env.PATH ?? '', SECBEAT_TOKEN: token };
    const { stdout } = await promisify(execFile)(process.execPath, all, { env });
    return stdout.trim();
  }

  async function call(path: string, body?: unknown): Promise<number> {
    const headers = { Authorization: `Bearer ${token}` };
    return (await fleet.call(path, body === undefined ? { headers } : { headers, body })).status;
  }

  async function openNode(lines: Settings): Promise<Stand> {
    const orchestrator = lines.orchestrator as Settings;
    const stand = await Stand.open({
      workers: 1,
      settings: { orchestrator: { ...orchestrator, enabled: true } },
    });
    stands.push(stand);
    return stand;
  }

  it('has one orchestrator at one address: another one says so and ends', async () => {
    const other = join(folder, 'other.toml');
    const listen = new URL(fleet.url).host;
    const settings = {
      fleet: { listen_addr: listen, tls: { enabled: true } },
      state: { dir: join(folder, 'other') },
    };
    writeFileSync(other, toToml(settings));
    const started = promisify(execFile)(process.execPath, [MAIN, 'orchestrator', '--config', other], {
      env: { PATH: process.env.PATH ?? '' },
      timeout: 30_000,
    });
    const fault = await started.catch((error: unknown) => error);
    const { code, stderr } = fault as { readonly code: unknown; readonly stderr: string };
    assert.equal(code, 2, stderr);
    assert.match(stderr, /is in use by another process/);
  });

  it('takes in a node with the lines that a command prints, once', async () => {
    const lines = parse(await secbeat('enroll-token', '--minutes', '5', '--note', 'a test')) as Settings;
    const stand = await openNode(lines);
    await stand.node.untilLine(REGISTERED);
    const kept = join(stand.node.folder, 'state', 'node_certificate.pem');
    assert.equal(statSync(kept).mode & 0o777, 0o600);
    assert.ok(!readFileSync(kept, 'utf8').includes('secbeat_enroll'));
    const second = await openNode(lines);
    await second.node.untilLine(/could not be enrolled.*401/);
    assert.ok(await second.serves({ from: '127.7.1.1' }));
  });

  it('tells the node what is decided, over connections that show its certificate', async () => {
    const [stand] = stands;
    assert.ok(stand !== undefined);
    const from = '127.7.1.2';
    assert.ok(await stand.serves({ from }));
    assert.equal(await call('/rules/block_ip', { ip: from, reason: 'a try' }), 200);
    await until(
      'ban',
      () => stand.serves({ from }),
      (served) => !served,
    );
  });

  it('renews the certificate of the node, and knows the node again after a restart', async () => {
    const [stand] = stands;
    assert.ok(stand !== undefined);
    const { node } = stand;
    await node.untilLine(/The certificate of this node is renewed/);
    await node.stop();
    stand.node = await NodeProcess.start(node.folder, node.settings);
    await stand.node.untilLine(REGISTERED);
    assert.ok(!stand.node.log.some((line) => /is enrolled/.test(line)));
  });

  it('hears a revoked node no more, which serves on', async () => {
    const [stand] = stands;
    assert.ok(stand !== undefined);
    const nodeId = readFileSync(join(stand.node.folder, 'state', 'node_id'), 'utf8').trim();
    assert.match(await secbeat('revoke-node', nodeId, '--reason', 'a try'), /admits any more/);
    assert.equal(await secbeat('token', 'list').then((text) => text.split('\n').length), 1);
    await stand.node.untilLine(/Heartbeat failed.*401/);
    assert.ok(await stand.serves({ from: '127.7.1.3' }));
  });
});

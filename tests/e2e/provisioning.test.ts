/** Asking for machines: a real orchestrator, real calls, and the receiver that is provided. */
import assert from 'node:assert/strict';
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import type { ScaleAnswer, ScalingStatus } from '../../src/messages/scaling-status.ts';
import { SCALING_DEFAULTS } from '../../src/orchestrator/scaling/assemble-scaling.ts';
import { beatOf, OrchestratorStand } from '../../src/orchestrator/testing/orchestrator-stand.ts';
import { freePort } from '../support/node-config.ts';
import { until } from '../support/until.ts';

const SECRET = 'a secret between the two';
const RECEIVER = join(import.meta.dirname, '../../deploy/webhook-receiver/receiver.mjs');
const PROXMOX = join(import.meta.dirname, '../../deploy/proxmox/provision.sh');

interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A receiver that answers as it is told; 200 once there is nothing more to do. */
class ScriptedReceiver {
  readonly received: Received[] = [];
  readonly statuses: (number | 'break off')[] = [];
  #server: Server | null = null;
  port = 0;

  async listen(): Promise<void> {
    const server = createServer(async (request, response) => {
      const body = (await request.setEncoding('utf8').toArray()).join('');
      this.received.push({ headers: request.headers, body });
      const status = this.statuses.shift() ?? 200;
      if (status === 'break off') request.socket.destroy();
      else response.writeHead(status, { location: '/elsewhere' }).end();
    }).listen(this.port, '127.0.0.1');
    await once(server, 'listening');
    this.#server = server;
    this.port = (server.address() as AddressInfo).port;
  }

  close(): void {
    this.#server?.closeAllConnections();
    this.#server?.close();
  }
}

function scalingTo(url: string) {
  return { ...SCALING_DEFAULTS, checkIntervalMs: 200, webhook: { url, secret: SECRET } };
}

const QUICK = { heartbeatIntervalSeconds: 1, heartbeatTimeoutSeconds: 1, deadNodeCheckIntervalSeconds: 0.1 };

async function statusOf(stand: OrchestratorStand): Promise<ScalingStatus> {
  return (await stand.call<ScalingStatus>('/scaling')).json;
}

function scale(stand: OrchestratorStand, target: number) {
  return stand.call<ScaleAnswer>('/scale', { body: { target_nodes: target } });
}

describe('the provisioning receiver', () => {
  const receiver = new ScriptedReceiver();
  let stand: OrchestratorStand;
  before(async () => {
    await receiver.listen();
    const scaling = scalingTo(`http://127.0.0.1:${receiver.port}/provision`);
    stand = await OrchestratorStand.open({ ...QUICK, scaling });
  });
  after(async () => {
    await stand.close();
    receiver.close();
  });

  it('is told with a signature over time and body, again after a fault, under one key', async () => {
    receiver.statuses.push('break off', 503);
    const answer = await scale(stand, 1);
    assert.equal(answer.status, 200);
    await until(
      'the call',
      () => statusOf(stand),
      ({ decisions }) => decisions[0]?.webhook?.outcome === 'delivered',
    );
    const calls = receiver.received.splice(0);
    assert.equal(calls.length, 3);
    for (const { headers, body } of calls) {
      assert.equal(headers['idempotency-key'], answer.json.decisions[0]);
      const [, seconds, signature] =
        /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(headers['secbeat-signature'])) ?? [];
      assert.equal(signature, createHmac('sha256', SECRET).update(`${seconds}.${body}`).digest('hex'));
      assert.ok(Math.abs(Number(seconds) - Date.now() / 1000) < 60);
      assert.equal(body, calls[0]?.body);
    }
    assert.deepEqual((await statusOf(stand)).decisions[0]?.webhook?.attempts, 3);
  });

  it('is told after a restart what it had not heard before', async () => {
    receiver.close();
    const answer = await scale(stand, 2);
    await stand.log.next('A call of the provisioning receiver failed');
    await stand.stop();
    await receiver.listen();
    await stand.start();
    await until(
      'the call',
      () => statusOf(stand),
      ({ pending_webhooks: pending }) => pending === 0,
    );
    assert.deepEqual(
      receiver.received.splice(0).map(({ headers }) => headers['idempotency-key']),
      answer.json.decisions,
    );
  });

  it('is not followed where it sends the call elsewhere', async () => {
    receiver.statuses.push(307);
    await scale(stand, 3);
    await until(
      'the call',
      () => statusOf(stand),
      ({ decisions }) => decisions[0]?.webhook !== null,
    );
    const [decision] = (await statusOf(stand)).decisions;
    assert.deepEqual(decision?.webhook, {
      ...{ outcome: 'given_up', attempts: 1, detail: 'the receiver answered 307' },
    });
    assert.equal(receiver.received.splice(0).length, 1);
  });

  it('is asked for a replacement when a node dies', async () => {
    const nodeId = await stand.register();
    const others = [await stand.register(), await stand.register()];
    const beats = setInterval(() => {
      for (const id of others) void stand.call('/nodes/heartbeat', { body: beatOf(id) });
    }, 300);
    await stand.call('/nodes/heartbeat', { body: beatOf(nodeId) });
    await until(
      'the call',
      () => receiver.received.length,
      (count) => count > 0,
      20_000,
    );
    clearInterval(beats);
    const body = JSON.parse(receiver.received[0]!.body);
    assert.equal(body.reason, 'UNEXPECTED_NODE_FAILURE');
    assert.deepEqual([body.failed_node_id, body.failed_node_ip], [nodeId, '127.0.0.1']);
    const page = await (await fetch(stand.metricsUrl)).text();
    assert.match(page, /^orchestrator_self_healing_webhooks_sent_total 1$/m);
    assert.match(page, /^secbeat_scaling_decisions_total\{action="heal"\} 1$/m);
  });

  it('is not needed for a size that is refused', async () => {
    const refused = await stand.call('/scale', { body: { target_nodes: 11 } });
    assert.equal(refused.status, 422);
    assert.equal(refused.json.code, 'target_out_of_bounds');
    assert.equal((await stand.call('/scale', { body: { target_nodes: -1 } })).status, 422);
  });
});

describe('the receiver that is provided', () => {
  const folder = mkdtempSync(join(tmpdir(), 'secbeat-receiver-'));
  const command = join(folder, 'command.sh');
  const runs = join(folder, 'runs.txt');
  let url: string;
  let child: ChildProcess;
  before(async () => {
    const port = await freePort();
    url = `http://127.0.0.1:${port}/`;
    writeFileSync(runs, '');
    writeFileSync(command, `#!/bin/sh\necho "$SECBEAT_KEY $SECBEAT_REASON $(cat)" >> ${runs}\n`);
    chmodSync(command, 0o700);
    const flags = ['--listen', `127.0.0.1:${port}`, '--command', command, '--keys', join(folder, 'keys.txt')];
    child = spawn(process.execPath, [RECEIVER, ...flags], {
      env: { ...process.env, SECBEAT_WEBHOOK_SECRET: SECRET },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout!, 'data');
  });
  after(async () => {
    child.kill();
    await once(child, 'exit');
    rmSync(folder, { recursive: true });
  });
  const call = (
    key: string,
    change: { secret?: string; seconds?: number; body?: string; to?: string } = {},
  ) => {
    const { secret = SECRET, seconds = Math.floor(Date.now() / 1000), body = '{"reason":"TEST"}' } = change;
    const signature = createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex');
    const headers = { 'idempotency-key': key, 'secbeat-signature': `t=${seconds},v1=${signature}` };
    return fetch(change.to ?? url, { method: 'POST', headers, body });
  };
  const lines = (): string[] => readFileSync(runs, 'utf8').split('\n').filter(Boolean);

  it('understands the orchestrator', async () => {
    const stand = await OrchestratorStand.open({ ...QUICK, scaling: scalingTo(url) });
    try {
      const { json } = await scale(stand, 2);
      await until('both runs', lines, ({ length }) => length === 2);
      assert.deepEqual(
        lines()
          .map((line) => line.split(' ')[0])
          .sort(),
        [...json.decisions].sort(),
      );
      assert.ok(lines().every((line) => line.includes(' OPERATOR_REQUEST {"reason":"OPERATOR_REQUEST"')));
    } finally {
      await stand.close();
    }
  });

  it('carries a decision out once', async () => {
    const before = lines().length;
    assert.equal((await call('one')).status, 202);
    await until('the run', lines, ({ length }) => length === before + 1);
    assert.equal((await call('one')).status, 200);
    assert.equal((await call('two')).status, 202);
    await until('the next run', lines, ({ length }) => length === before + 2);
  });

  it('asks for another call where it cannot write the key down', async () => {
    const full = {
      has: () => false,
      add: () => {
        throw new Error('no space left');
      },
    };
    const { createReceiver } = (await import(RECEIVER)) as { createReceiver: (parts: object) => Server };
    const receiver = createReceiver({ secret: SECRET, keys: full, run: () => assert.fail() });
    await once(receiver.listen(0, '127.0.0.1'), 'listening');
    try {
      const { port } = receiver.address() as AddressInfo;
      for (let count = 0; count < 2; count += 1) {
        assert.equal((await call('three', { to: `http://127.0.0.1:${port}/` })).status, 503);
      }
    } finally {
      receiver.close();
    }
  });

  it('takes nothing from others', async () => {
    const before = lines().length;
    const seconds = Math.floor(Date.now() / 1000);
    const refused = [
      call('bad', { secret: 'another' }),
      call('bad', { seconds: seconds - 400 }),
      call('bad', { body: 'no json' }),
      call('bad key'),
      call('bad', { body: '{"reason":"$(reboot)"}' }),
      fetch(url, { method: 'POST', body: '{}' }),
      fetch(url),
    ];
    const statuses = (await Promise.all(refused)).map(({ status }) => status);
    assert.deepEqual(statuses, [401, 401, 400, 400, 400, 401, 405]);
    assert.equal(lines().length, before);
  });
});

describe('the script for Proxmox', () => {
  const folder = mkdtempSync(join(tmpdir(), 'secbeat-proxmox-'));
  const log = join(folder, 'log.txt');
  /** Stands for a program of the host and writes down how it was called. */
  const stub = (name: string, body: string): void => {
    const path = join(folder, name);
    writeFileSync(path, `#!/bin/sh\necho "${name} $*" >> ${log}\n${body}\n`);
    chmodSync(path, 0o700);
  };
  const run = (env: Record<string, string> = {}) => {
    writeFileSync(log, '');
    return promisify(execFile)('/bin/sh', [PROXMOX], {
      env: {
        ...{ PATH: `${folder}:${process.env.PATH}`, TEMPLATE_ID: '9000', STORAGE: 'local' },
        ...{ ORCHESTRATOR_URL: 'https://10.0.0.1:3030', SNIPPETS_DIR: folder, SECBEAT_KEY: 'up-1' },
        ...{ TOKEN_FILE: join(folder, 'token'), CA_FILE: join(folder, 'ca.pem'), ...env },
      },
    });
  };
  before(() => {
    writeFileSync(join(folder, 'token'), 'api-token');
    writeFileSync(join(folder, 'ca.pem'), '');
    stub('pvesh', 'echo 123');
    stub('curl', 'cat > /dev/null; echo \'{"id":"x","token":"sbe_one.two","ca_fingerprint":"ab:cd"}\'');
    stub('qm', 'if [ "$1" = "$FAILS" ]; then exit 1; fi');
  });
  after(() => rmSync(folder, { recursive: true }));
  const calls = (): string[] =>
    readFileSync(log, 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('qm') && !line.startsWith('qm list'));

  it('makes a machine with an enrolment token of its own', async () => {
    const { stdout } = await run();
    const name = /^(secbeat-\d+) is machine 123$/m.exec(stdout)?.[1];
    assert.ok(name !== undefined, stdout);
    assert.deepEqual(calls(), [
      `qm clone 9000 123 --name ${name}`,
      `qm set 123 --cicustom user=local:snippets/${name}.yaml --tags secbeat`,
      'qm start 123',
    ]);
    const snippet = readFileSync(join(folder, `${name}.yaml`), 'utf8');
    assert.match(snippet, /^ {6}SECBEAT__ORCHESTRATOR__ENROLMENT_TOKEN=sbe_one\.two$/m);
    assert.match(snippet, /^ {6}SECBEAT__ORCHESTRATOR__CA_FINGERPRINT=ab:cd$/m);
    assert.doesNotMatch(readFileSync(log, 'utf8'), /api-token/);
  });

  it('takes away what it has made where it cannot go on, and nothing else', async () => {
    await assert.rejects(run({ FAILS: 'start' }));
    assert.equal(calls().at(-1), 'qm destroy 123 --purge');
    await assert.rejects(run({ FAILS: 'clone' }));
    assert.equal(calls().length, 1, 'the number may be the machine of somebody else');
  });
});

/** A node that falls silent is asked over the network before it is given up. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, it } from 'node:test';
import { beatOf, OrchestratorStand } from '../../src/orchestrator/testing/orchestrator-stand.ts';
import { until } from '../support/until.ts';

const ASKED = 'A node that sends no heartbeats answers when it is asked';
const QUICK = { heartbeatIntervalSeconds: 1, heartbeatTimeoutSeconds: 1, deadNodeCheckIntervalSeconds: 0.1 };

let stand: OrchestratorStand;
let management: Server;
let managementUrl: string;
let questions = 0;

before(async () => {
  stand = await OrchestratorStand.open(QUICK);
  management = createServer(({ url }, response) => {
    questions += url === '/live' ? 1 : 0;
    response.end('{"status":"alive"}');
  }).listen(0, '127.0.0.1');
  await once(management, 'listening');
  managementUrl = `http://127.0.0.1:${(management.address() as AddressInfo).port}`;
});

after(async () => {
  await stand.close();
  management.closeAllConnections();
  management.close();
});

/** Registers a node that is heard once. */
async function nodeWith(change: Readonly<Record<string, unknown>>): Promise<string> {
  const nodeId = await stand.register(change);
  await stand.call('/nodes/heartbeat', { body: beatOf(nodeId) });
  return nodeId;
}

/** Resolves with the time that the node took to be declared dead. */
async function deathOf(nodeId: string): Promise<number> {
  const startedMs = performance.now();
  await until(
    'death',
    () => stand.node(nodeId),
    ({ status }) => status === 'Dead',
  );
  return performance.now() - startedMs;
}

it('is spared for three intervals where its management API says that it lives, and dead after that', async () => {
  const seen = stand.log.next(ASKED);
  const nodeId = await nodeWith({ management_url: managementUrl });
  assert.equal((await seen).fields.node_id, nodeId);
  assert.equal((await stand.node(nodeId)).liveness, 'suspect');
  await deathOf(nodeId);
  assert.equal(questions, 3);
  assert.equal(stand.log.withMessage(ASKED).length, 3);
  const page = await (await fetch(stand.metricsUrl)).text();
  assert.match(page, /^secbeat_nodes_asked_total\{answer="alive"\} 3$/m);
});

it('is dead at the end of the tolerance where nobody answers for it', async () => {
  const nodeId = await nodeWith({ management_url: 'http://127.0.0.1:1' });
  assert.ok((await deathOf(nodeId)) < 6000);
});

it('is alive as soon as it is heard again, as often as it likes', async () => {
  const before = questions;
  const nodeId = await nodeWith({ management_url: managementUrl });
  for (let times = 0; times < 2; times++) {
    await stand.log.next(ASKED, { node_id: nodeId });
    await stand.call('/nodes/heartbeat', { body: beatOf(nodeId) });
    assert.equal((await stand.node(nodeId)).liveness, 'alive');
  }
  assert.equal(questions - before, 2);
});

it('answers by calling again where its long poll is open', async () => {
  const nodeId = await nodeWith({});
  const path = `/nodes/${nodeId}/commands?wait=30`;
  const asked = stand.log.next(ASKED, { node_id: nodeId });
  const first = await stand.call(path);
  assert.equal(first.status, 200, 'the question ends the poll');
  const second = stand.call(path);
  await asked;
  assert.notEqual((await stand.node(nodeId)).status, 'Dead');
  await stand.call('/nodes/heartbeat', { body: beatOf(nodeId) });
  await stand.call(`/nodes/${nodeId}/terminate`, { method: 'POST' });
  assert.equal((await second).status, 200);
});

it('is not asked at an address that is not its own', async () => {
  let strays = 0;
  const other = createServer((_, response) => {
    strays += 1;
    response.end();
  }).listen(0, '127.0.0.1');
  await once(other, 'listening');
  const url = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
  await deathOf(await nodeWith({ public_ip: '192.0.2.1', management_url: url }));
  assert.equal(strays, 0);
  other.close();
});

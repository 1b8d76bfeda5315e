/** The planned end: nothing that was accepted is lost, nobody waits for ever, and everybody hears of it. */
import assert from 'node:assert/strict';
import { it, type TestContext } from 'node:test';
import { holdRequest } from '../support/held-request.ts';
import { field, readResponse, requestText, responseText } from '../support/messages.ts';
import type { Settings } from '../support/node-config.ts';
import { createFolder, removeFolder } from '../support/node-process.ts';
import { OrchestratorProcess } from '../support/orchestrator-process.ts';
import { Stand } from '../support/stand.ts';
import { SteadyClient } from '../support/steady-client.ts';
import { until } from '../support/until.ts';

/** A stand whose node a test ends itself; closing waits for that end. */
async function openStand(t: TestContext, settings: Settings = {}): Promise<Stand> {
  const stand = await Stand.open({ settings });
  t.after(() => stand.close());
  return stand;
}

async function untilTerminating(stand: Stand): Promise<void> {
  await stand.node.untilLine(/INFO: Terminating /);
}

it('answers every request that was sent on an accepted connection while it is told to end under load', async (t) => {
  const stand = await openStand(t);
  stand.origin.respond(async (_request, wire) => {
    wire.write('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nfirst');
    setTimeout(() => wire.write('later'), 20);
  });
  const load = new SteadyClient({
    connect: () => stand.connect(),
    perSecond: 100,
    freshEvery: 4,
    accept: ({ status, body }) => status === 200 && body.toString() === 'firstlater',
    mustConnect: false,
  });
  await until(
    'answers',
    () => load.answered,
    (count) => count >= 50,
  );
  stand.node.signal('SIGTERM');
  const code = await stand.node.exited;
  const report = await load.stop();
  assert.equal(code, 0);
  assert.deepEqual(report.faults, []);
  assert.equal(report.answered, report.sent);
  assert.ok(report.refused > 0, 'new connections are refused behind the end');
  await stand.node.untilLine(/INFO: Node has ended connections_cut=0 /);
});

it('finishes what is in progress, says that it closes, and takes no new connections', async (t) => {
  const stand = await openStand(t);
  const { client, origin } = await holdRequest(stand);
  stand.node.signal('SIGTERM');
  await untilTerminating(stand);
  await until(
    'closed door',
    () =>
      stand.connect().then(
        (wire) => {
          wire.close();
          return false;
        },
        () => true,
      ),
    (closed) => closed,
  );
  assert.equal((await stand.node.manage('GET', '/ready', undefined, null)).status, 503);
  stand.node.signal('SIGTERM');
  stand.node.signal('SIGINT');
  origin.write(responseText('done'));
  const response = await readResponse(client);
  assert.equal(response.body.toString(), 'done');
  assert.equal(field(response, 'connection'), 'close');
  await client.untilEnd();
  assert.equal(await stand.node.exited, 0);
  assert.equal(stand.node.log.filter((line) => /INFO: Terminating /.test(line)).length, 1);
});

it('closes idle connections soon, and still answers a request that was on its way', async (t) => {
  const stand = await openStand(t);
  const idle = await Promise.all(Array.from({ length: 5 }, () => stand.connect()));
  for (const wire of idle) {
    wire.write(requestText('GET', '/'));
    await readResponse(wire);
  }
  stand.node.signal('SIGTERM');
  await untilTerminating(stand);
  idle[0]!.write(requestText('GET', '/late'));
  const late = await readResponse(idle[0]!);
  assert.equal(late.status, 200);
  assert.equal(field(late, 'connection'), 'close');
  const startMs = performance.now();
  await Promise.all(idle.map((wire) => wire.untilEnd()));
  assert.ok(performance.now() - startMs < 4000);
  assert.equal(await stand.node.exited, 0);
});

it('cuts what is stuck when the grace period is over, and counts it', async (t) => {
  const stand = await openStand(t, { management: { shutdown_grace_period: 1 } });
  const { client } = await holdRequest(stand);
  const startMs = performance.now();
  stand.node.signal('SIGTERM');
  await client.untilEnd();
  const elapsedMs = performance.now() - startMs;
  assert.equal(client.receivedBytes, 0);
  assert.ok(elapsedMs >= 950 && elapsedMs < 5000, `${elapsedMs} ms`);
  assert.equal(await stand.node.exited, 0);
  await stand.node.untilLine(/INFO: Node has ended connections_cut=1 /);
});

it('cuts a connection in its handshake, and one that sends half a head, without waiting for the grace', async (t) => {
  const stand = await openStand(t, {
    http: { header_timeout_ms: 500 },
    network: { tls: { handshake_timeout_ms: 500 } },
  });
  await stand.tcp();
  const half = await stand.connect();
  half.write('GET / HTTP/1.1\r\nHo');
  const startMs = performance.now();
  stand.node.signal('SIGTERM');
  assert.equal(await stand.node.exited, 0);
  assert.ok(performance.now() - startMs < 6000);
});

it('ends by the management API as by the signal, within the shorter of both graces', async (t) => {
  const stand = await openStand(t, { management: { shutdown_grace_period: 30 } });
  const { client } = await holdRequest(stand);
  const order = { reason: 'test', timestamp: new Date().toISOString(), grace_period_seconds: 1 };
  assert.equal((await stand.node.manage('POST', '/control/terminate', order, null)).status, 401);
  const answer = await stand.node.manage('POST', '/control/terminate', order);
  assert.equal(answer.status, 200);
  assert.equal(answer.body.success, true);
  assert.equal(answer.body.grace_period_seconds, 1);
  assert.equal((await stand.node.manage('POST', '/control/terminate', order)).status, 200);
  await client.untilEnd();
  assert.equal(await stand.node.exited, 0);
  await stand.node.untilLine(/INFO: Terminating reason=test grace_period_seconds=1 /);
});

it('never waits for longer than is configured, whatever was asked', async (t) => {
  const stand = await openStand(t, { management: { shutdown_grace_period: 1 } });
  const { client } = await holdRequest(stand);
  const answer = await stand.node.manage('POST', '/control/terminate', { grace_period_seconds: 3600 });
  assert.equal(answer.body.grace_period_seconds, 1);
  await client.untilEnd();
  assert.equal(await stand.node.exited, 0);
});

for (const way of ['the orchestrator', 'a signal'] as const) {
  it(`tells the orchestrator goodbye when ${way} ends it`, async (t) => {
    const folder = createFolder();
    const orchestrator = await OrchestratorProcess.start(folder);
    t.after(async () => {
      await orchestrator.stop();
      removeFolder(folder);
    });
    const stand = await openStand(t, { orchestrator: { enabled: true, server_url: orchestrator.url } });
    const line = await stand.node.untilLine(/Successfully registered with orchestrator node_id=/);
    const id = /node_id=(\S+)/.exec(line)![1]!;
    const stats = () => orchestrator.call('GET', '/fleet/stats');
    await until('active node', stats, ({ active_nodes }) => active_nodes === 1);
    const { client, origin } = await holdRequest(stand);
    if (way === 'a signal') stand.node.signal('SIGTERM');
    else
      await orchestrator.call('POST', `/nodes/${id}/terminate`, { reason: 'fleet', grace_period_seconds: 9 });
    await untilTerminating(stand);
    origin.write(responseText('done'));
    assert.equal((await readResponse(client)).body.toString(), 'done');
    assert.equal(await stand.node.exited, 0);
    if (way !== 'a signal') await stand.node.untilLine(/Terminating reason=fleet grace_period_seconds=9 /);
    await stand.node.untilLine(/Node status changed old_status=Active new_status=Terminating/);
    await until(
      'goodbye',
      () => orchestrator.log.join('\n'),
      (text) => /Node ended as planned/.test(text),
    );
    const { total_nodes, dead_nodes } = await stats();
    assert.deepEqual([total_nodes, dead_nodes], [0, 0]);
  });
}

/** Hellos that come all at once: their handshakes wait for their turn, and open connections do not wait for them. */
import assert from 'node:assert/strict';
import { it, type TestContext } from 'node:test';
import { readResponse, requestText } from '../support/messages.ts';
import { Stand } from '../support/stand.ts';
import { until } from '../support/until.ts';
import type { Wire } from '../support/wire.ts';
import { recordClientHello } from '../trials/attacks/client-hello.ts';

const HELLOS = 400;

async function openStand(t: TestContext, timeoutMs: number, handshakesMax = 2 * HELLOS): Promise<Stand> {
  const stand = await Stand.open({
    workers: 1,
    settings: {
      network: { tls: { handshake_timeout_ms: timeoutMs } },
      ddos: {
        connection_limits: { max_concurrent_handshakes: handshakesMax },
        blacklist: { enabled: false },
      },
    },
  });
  t.after(() => stand.close());
  return stand;
}

/** Connections of as many clients, on which nothing was said. */
async function openSilent(stand: Stand, count: number): Promise<readonly Wire[]> {
  return await Promise.all(Array.from({ length: count }, (_, nth) => stand.tcp({ from: address(nth) })));
}

function address(nth: number): string {
  return `127.4.${nth >> 7}.${(nth & 127) + 1}`;
}

/** While `act` runs, the node stands still: what is sent meanwhile is all there in one turn of its event loop. */
function atOnce(stand: Stand, act: () => void): Promise<void> {
  stand.node.signal('SIGSTOP');
  act();
  const sent = Promise.withResolvers<void>();
  // By then the system has it.
  setImmediate(() => {
    stand.node.signal('SIGCONT');
    sent.resolve();
  });
  return sent.promise;
}

it('answers an open connection while hundreds of handshakes wait, and begins all of them', async (t) => {
  const stand = await openStand(t, 20_000);
  const hello = await recordClientHello();
  const client = await stand.connect();
  const flood = await openSilent(stand, HELLOS);
  await atOnce(stand, () => {
    for (const wire of flood) wire.write(hello);
    client.write(requestText('GET', '/'));
  });
  const { status } = await readResponse(client);
  const answered = flood.filter((wire) => wire.receivedBytes > 0).length;
  assert.equal(status, 200);
  assert.ok(answered < HELLOS / 2, `${answered} handshakes began in front of one request`);
  await until(
    'answers to all hellos',
    () => flood.filter((wire) => wire.receivedBytes > 0).length,
    (count) => count === HELLOS,
  );
});

it('ends handshakes at their deadline that nobody goes on with, and gives everything back', async (t) => {
  const stand = await openStand(t, 2000);
  const hello = await recordClientHello();
  const flood = await openSilent(stand, HELLOS);
  await atOnce(stand, () => {
    for (const wire of flood) wire.write(hello);
  });
  await Promise.all(flood.map((wire) => wire.untilEnd()));
  await stand.node.untilMetric(
    'secbeat_tls_handshakes_total',
    { result: 'timeout' },
    (value) => value === HELLOS,
  );
  assert.equal((await stand.request()).status, 200);
});

it('does the handshakes that wait when it is told to end', async (t) => {
  const stand = await openStand(t, 20_000);
  const wires = await openSilent(stand, 50);
  await stand.request();
  let secured: Promise<readonly Wire[]> = Promise.resolve([]);
  await atOnce(stand, () => {
    secured = Promise.all(wires.map((wire) => wire.secure()));
  });
  stand.node.signal('SIGTERM');
  assert.equal((await secured).length, 50);
  assert.equal(await stand.node.exited, 0);
});

it('lets an honest client in while silent ones hold all handshakes, again and again', async (t) => {
  const stand = await openStand(t, 20_000, HELLOS / 4);
  const flood = await openSilent(stand, HELLOS);
  const ask = async (): Promise<number> =>
    (await stand.request('GET', '/', {}, '', { from: '127.5.0.1' })).status;
  // Silence is told from what has not been read yet after two turns.
  await until(
    'room for an honest client',
    () => ask().catch(() => 0),
    (status) => status === 200,
  );
  for (let nth = 0; nth < 10; nth++) assert.equal(await ask(), 200);
  assert.ok(flood.some((wire) => !wire.ended));
});

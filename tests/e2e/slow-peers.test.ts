/** Peers that are slow: each is ended by its deadline, and an honest client does not notice. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { readResponse, requestText, responseText } from '../support/messages.ts';
import { Stand } from '../support/stand.ts';
import { SteadyClient } from '../support/steady-client.ts';
import { until } from '../support/until.ts';
import type { Wire } from '../support/wire.ts';

it('asks no pace of a body where none is configured', async (t) => {
  const stand = await Stand.open({
    settings: { http: { body_bytes_per_second_min: 0, header_timeout_ms: 500 } },
  });
  t.after(() => stand.close());
  const slow = await stand.connect();
  slow.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\n');
  // The node looks at all deadlines in one go: when it has ended the idle connection, it has looked at the body.
  const idle = await stand.connect();
  await idle.untilEnd();
  slow.write('data');
  assert.equal((await readResponse(slow)).status, 200);
});

it('ends a response that the client does not read when the time of the request is over', {
  timeout: 30_000,
}, async (t) => {
  const stand = await Stand.open({ settings: { http: { request_timeout_seconds: 1 } } });
  t.after(() => stand.close());
  stand.origin.respond(() => responseText('a'.repeat(20_000_000)));
  const wire = await stand.connect();
  wire.socket.pause();
  wire.write(requestText('GET', '/'));
  await until(
    'request',
    () => stand.origin.requests.length,
    (count) => count === 1,
  );
  const startMs = performance.now();
  await stand.untilQuiet();
  assert.ok(performance.now() - startMs < 5000);
});

const PEERS = 200;
const HONEST_PER_SECOND = 50;

/** A slow peer and when it began. */
interface SlowPeer {
  readonly wire: Wire;
  readonly startMs: number;
}

/** Connects 200 clients, each with an address of its own, and has each say its first words. */
async function connectSlow(stand: Stand, net: number, words: string): Promise<readonly SlowPeer[]> {
  return await Promise.all(
    Array.from({ length: PEERS }, async (_, index) => {
      const wire = await stand.connect({ from: `127.${net}.${index >> 7}.${1 + (index & 127)}` });
      wire.write(words);
      return { wire, startMs: performance.now() };
    }),
  );
}

function serveHonest(stand: Stand): SteadyClient {
  return new SteadyClient({
    connect: () => stand.connect({ from: '127.30.0.1' }),
    perSecond: HONEST_PER_SECOND,
    freshEvery: 10,
  });
}

/** One octet to each peer, ten times a second, until all have ended; how long each lasted. */
async function dribble(peers: readonly SlowPeer[], octet: string): Promise<readonly number[]> {
  const timer = setInterval(() => {
    for (const { wire } of peers) if (!wire.ended) wire.write(octet);
  }, 100);
  const lasted = await Promise.all(
    peers.map(async ({ wire, startMs }) => {
      await wire.untilEnd();
      return performance.now() - startMs;
    }),
  ).finally(() => clearInterval(timer));
  return lasted;
}

async function assertHonestServed(honest: SteadyClient, atLeast: number): Promise<void> {
  const report = await honest.stop();
  assert.deepEqual(report.faults, []);
  assert.equal(report.answered, report.sent);
  assert.ok(report.answered >= atLeast, `${report.answered} answers`);
}

it('ends 200 slow heads by their deadline, and serves the others', async (t) => {
  const stand = await Stand.open({ settings: { http: { header_timeout_ms: 2000 } } });
  t.after(() => stand.close());
  const honest = serveHonest(stand);
  const peers = await connectSlow(stand, 31, 'GET / HTTP/1.1\r\nHost: a\r\nX-Slow: ');
  const lasted = await dribble(peers, 'a');
  for (const ms of lasted) assert.ok(ms > 1000 && ms < 6000, `lasted ${ms} ms`);
  for (const { wire } of peers) assert.match(wire.pending, /^HTTP\/1\.1 408 /);
  await assertHonestServed(honest, HONEST_PER_SECOND);
  assert.doesNotMatch(stand.origin.received, /X-Slow/);
  await stand.untilQuiet();
});

it('ends 200 slow bodies by their deadline, and gives them no connection to the origin', async (t) => {
  const stand = await Stand.open({ settings: { http: { request_timeout_seconds: 2 } } });
  t.after(() => stand.close());
  const honest = serveHonest(stand);
  const head = 'POST /slow HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n';
  const peers = await connectSlow(stand, 32, head);
  const lasted = await dribble(peers, 'a');
  for (const ms of lasted) assert.ok(ms > 1000 && ms < 6000, `lasted ${ms} ms`);
  for (const { wire } of peers) assert.match(wire.pending, /^HTTP\/1\.1 408 /);
  await assertHonestServed(honest, HONEST_PER_SECOND);
  assert.doesNotMatch(stand.origin.received, /POST/);
  await stand.untilQuiet();
});

it('ends 200 clients that do not read by their deadline, and keeps little for them', async (t) => {
  const stand = await Stand.open({ settings: { http: { request_timeout_seconds: 4 } } });
  t.after(() => stand.close());
  const large = Buffer.from(responseText('a'.repeat(6_000_000)));
  stand.origin.respond(async (request, wire) => {
    wire.write(request.target === '/large' ? large : responseText('small'));
  });
  const honest = serveHonest(stand);
  const peers = await connectSlow(stand, 33, '');
  const quietBytes = stand.node.residentBytes();
  const startMs = performance.now();
  for (const { wire } of peers) {
    wire.socket.pause();
    wire.write(requestText('GET', '/large'));
  }
  let most = quietBytes;
  await stand.node.untilMetric('secbeat_connections_active', {}, (active) => {
    most = Math.max(most, stand.node.residentBytes());
    return active <= honest.open;
  });
  const elapsedMs = performance.now() - startMs;
  assert.ok(elapsedMs > 3000 && elapsedMs < 10_000, `${elapsedMs} ms`);
  const each = (most - quietBytes) / PEERS;
  t.diagnostic?.(`${Math.round(each / 1000)} kB for each that does not read`);
  assert.ok(each < 2_000_000, `${Math.round(each)} octets for each`);
  await assertHonestServed(honest, HONEST_PER_SECOND);
  await stand.untilQuiet();
});

it('ends 200 handshakes that do not go on by their deadline, and serves the others', async (t) => {
  const stand = await Stand.open({ settings: { network: { tls: { handshake_timeout_ms: 2000 } } } });
  t.after(() => stand.close());
  const honest = serveHonest(stand);
  const startMs = performance.now();
  const wires = await Promise.all(
    Array.from({ length: PEERS }, (_, index) =>
      stand.tcp({ from: `127.34.${index >> 7}.${1 + (index & 127)}` }),
    ),
  );
  for (const wire of wires) wire.write('\x16\x03\x01');
  await Promise.all(wires.map((wire) => wire.untilEnd()));
  const elapsedMs = performance.now() - startMs;
  assert.ok(elapsedMs > 1500 && elapsedMs < 6000, `${elapsedMs} ms`);
  await assertHonestServed(honest, HONEST_PER_SECOND);
});

it('notices at once that a client has gone which sent much and read nothing', async (t) => {
  const stand = await Stand.open({ workers: 1 });
  t.after(() => stand.close());
  const wire = await stand.connect();
  wire.socket.pause();
  const requests = requestText('OPTIONS', '*', { 'Max-Forwards': '0' }).repeat(1000);
  for (let turn = 0; turn < 500; turn++) wire.write(requests);
  let last = -1;
  let calm = 0;
  await until(
    'standstill',
    () => wire.socket.writableLength,
    (length) => {
      calm = length === last ? calm + 1 : 0;
      last = length;
      return calm >= 30;
    },
  );
  assert.ok(last > 0, 'the node takes no more requests than it can answer');
  wire.reset();
  const startMs = performance.now();
  await stand.untilQuiet();
  assert.ok(performance.now() - startMs < 5000);
});

/** Draining without ending: no new connections, the old ones finish, and the same port takes connections again. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { after, afterEach, before, describe, it, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import * as h2 from '../../src/http/http2/frame-types.ts';
import { hasQuic } from '../../src/mitigation/http3/quic-runtime.ts';
import { holdNext, holdRequest } from '../support/held-request.ts';
import { Http2Client } from '../support/http2-client.ts';
import { Http3Client } from '../support/http3-client.ts';
import { field, readRequest, readResponse, requestText, responseText } from '../support/messages.ts';
import { freePort, OWN_HOST, type Settings } from '../support/node-config.ts';
import { Stand } from '../support/stand.ts';
import { until } from '../support/until.ts';
import type { Wire } from '../support/wire.ts';

const WORKERS = 2;
const PRELOAD = fileURLToPath(new URL('../support/dying-worker.mjs', import.meta.url));

async function openStand(t: TestContext, settings: Settings = {}, dying = false): Promise<Stand> {
  const preload = 'Bun' in globalThis ? '--preload' : '--import';
  const runtimeArguments = dying ? [preload, PRELOAD] : [];
  const stand = await Stand.open({ workers: WORKERS, settings, runtimeArguments });
  t.after(() => stand.close());
  return stand;
}

async function control(stand: Stand, word: 'drain' | 'resume', body?: Settings): Promise<number> {
  return (await stand.node.manage('POST', `/control/${word}`, body)).status;
}

/** Whether any of many connections is taken: each worker has its share of them. */
async function takesConnections(stand: Stand): Promise<boolean> {
  const attempts = Array.from({ length: 4 * WORKERS }, () =>
    stand.tcp().then(
      (wire) => wire.close(),
      () => Promise.reject(),
    ),
  );
  return (await Promise.allSettled(attempts)).some(({ status }) => status === 'fulfilled');
}

async function assertServes(stand: Stand): Promise<void> {
  const answers = await Promise.all(Array.from({ length: 2 * WORKERS }, () => stand.request()));
  for (const { status } of answers) assert.equal(status, 200);
}

async function readiness(stand: Stand): Promise<number> {
  return (await stand.node.manage('GET', '/ready', undefined, null)).status;
}

/** A WebSocket whose origin says nothing. */
async function openSocket(stand: Stand): Promise<Wire> {
  const key = 'dGhlIHNhbXBsZSBub25jZQ==';
  stand.origin.play(async (wire) => {
    await readRequest(wire);
    const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
    const upgrade = 'Connection: Upgrade\r\nUpgrade: websocket\r\n';
    wire.write(`HTTP/1.1 101 Switching Protocols\r\n${upgrade}Sec-WebSocket-Accept: ${accept}\r\n\r\n`);
    await wire.untilEnd();
  });
  const client = await stand.connect();
  const handshake = { 'Sec-WebSocket-Key': key, 'Sec-WebSocket-Version': '13' };
  client.write(requestText('GET', '/socket', { Connection: 'Upgrade', Upgrade: 'websocket', ...handshake }));
  assert.equal((await readResponse(client)).status, 101);
  return client;
}

describe('a node that is drained without ending', { timeout: 120_000 }, () => {
  let stand: Stand;
  before(async () => {
    stand = await Stand.open({ workers: WORKERS });
  });
  afterEach(async () => {
    stand.origin.respond(() => responseText('served'));
    await control(stand, 'resume');
  });
  after(() => stand.close());

  it('takes no new connections, finishes the old ones, and serves again at the same port', async () => {
    const { client, origin } = await holdRequest(stand);
    assert.equal(await control(stand, 'drain'), 200);
    assert.equal(await takesConnections(stand), false);
    assert.equal(await readiness(stand), 503);
    const { body } = await stand.node.manage('GET', '/api/v1/status');
    assert.equal(body.status, 'Draining');
    origin.write(responseText('done'));
    origin.end();
    const response = await readResponse(client);
    assert.equal(response.body.toString(), 'done');
    assert.equal(field(response, 'connection'), 'close');
    await client.untilEnd();
    assert.equal(await control(stand, 'drain'), 200, 'said twice it changes nothing');
    stand.origin.respond(async (_request, wire) => {
      wire.write(responseText('again'));
    });
    assert.equal(await control(stand, 'resume'), 200);
    await assertServes(stand);
    assert.equal(await readiness(stand), 200);
    assert.equal(await control(stand, 'resume'), 200);
  });

  it('says goodbye over HTTP/2 in two steps, answers what was asked before, and opens anew', async () => {
    const held = holdNext(stand);
    const client = await Http2Client.tls({ host: '127.0.0.1', port: stand.node.port });
    const id = client.request();
    const origin = await held;
    assert.equal(await control(stand, 'drain'), 200);
    const isGoaway = ({ type, payload }: { type: number; payload: Buffer }, last: number): boolean =>
      type === h2.GOAWAY && payload.readUInt32BE(0) === last;
    await client.frame('first GOAWAY', (frame) => isGoaway(frame, h2.STREAM_ID_MAX));
    await client.frame('second GOAWAY', (frame) => isGoaway(frame, id));
    origin.write(responseText('finished'));
    origin.end();
    assert.equal((await client.answer(id)).body, 'finished');
    assert.equal(await client.goawayAndClose(), h2.NO_ERROR);
    stand.origin.respond(() => responseText('again'));
    assert.equal(await control(stand, 'resume'), 200);
    const fresh = await Http2Client.tls({ host: '127.0.0.1', port: stand.node.port });
    assert.equal((await fresh.answer(fresh.request())).body, 'again');
    client.close();
    fresh.close();
  });

  it('lets WebSockets go on for as long as the grace, then says that it goes away', async () => {
    const socket = await openSocket(stand);
    const startMs = performance.now();
    assert.equal(await control(stand, 'drain', { grace_period_seconds: 1 }), 200);
    const close = await socket.readBytes(4);
    const elapsedMs = performance.now() - startMs;
    assert.deepEqual([...close], [0x88, 2, 1001 >> 8, 1001 & 255]);
    assert.ok(elapsedMs >= 950 && elapsedMs < 5000, `${elapsedMs} ms`);
    await socket.untilEnd();
  });

  it('gives WebSockets a whole grace again that were open when it took connections again', async () => {
    const socket = await openSocket(stand);
    assert.equal(await control(stand, 'drain', { grace_period_seconds: 1 }), 200);
    assert.equal(await control(stand, 'resume'), 200);
    const startMs = performance.now();
    assert.equal(await control(stand, 'drain', { grace_period_seconds: 2 }), 200);
    await socket.readBytes(4);
    const elapsedMs = performance.now() - startMs;
    assert.ok(elapsedMs >= 1950 && elapsedMs < 6000, `${elapsedMs} ms`);
  });

  it('stays drained while somebody else has the address, and says so', async () => {
    assert.equal(await control(stand, 'drain'), 200);
    const other = createServer();
    await new Promise<void>((resolve) => {
      other.listen(stand.node.port, '127.0.0.1', resolve);
    });
    const refused = await stand.node.manage('POST', '/control/resume');
    assert.equal(refused.status, 409);
    assert.equal(refused.body.code, 'not_possible_now');
    assert.match(String(refused.body.detail), /network\.listen_addr .* is another node running\?/);
    assert.equal(await readiness(stand), 503);
    await new Promise((resolve) => {
      other.close(resolve);
    });
    assert.equal(await control(stand, 'resume'), 200);
    await assertServes(stand);
  });
});

// Each runtime has its own part of this file, and nothing is skipped.
if (hasQuic()) {
  it('takes no new connections over HTTP/3 either, until it is told to', async (t) => {
    const port = await freePort();
    const stand = await openStand(t, {
      network: { listen_addr: `${OWN_HOST}:${port}` },
      http3: { enabled: true },
    });
    stand.origin.respond(() => responseText('served'));
    const target = { host: OWN_HOST, port };
    const client = await Http3Client.open(target);
    assert.equal((await client.get('/')).body, 'served');
    assert.equal(await control(stand, 'drain'), 200);
    await client.ended;
    await assert.rejects(Http3Client.open(target));
    assert.equal(await control(stand, 'resume'), 200);
    const fresh = await Http3Client.open(target);
    assert.equal((await fresh.get('/')).body, 'served');
    fresh.close();
  });
}

it('has a worker that takes the place of a dead one drained too', async (t) => {
  const stand = await openStand(t, {}, true);
  stand.node.provoked = /Worker failed|Worker ended/;
  assert.equal(await control(stand, 'drain'), 200);
  writeFileSync(join(stand.node.folder, 'die'), '');
  const workers = async () =>
    (await stand.node.manage('GET', '/api/v1/status')).body.workers as {
      readonly alive: number;
      readonly restarts: number;
    };
  await until('replacement', workers, ({ alive, restarts }) => alive === WORKERS && restarts === 1);
  assert.equal(await takesConnections(stand), false);
  assert.equal(await control(stand, 'resume'), 200);
  await assertServes(stand);
});

it('ends as told while it is drained', async (t) => {
  const stand = await openStand(t);
  assert.equal(await control(stand, 'drain'), 200);
  stand.node.signal('SIGTERM');
  assert.equal(await stand.node.exited, 0);
});

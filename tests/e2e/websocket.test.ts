/** WebSocket: a tunnel only behind a valid handshake on both sides, bounded in memory and in silence. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, it } from 'node:test';
import { field, readRequest, readResponse, requestText } from '../support/messages.ts';
import { Stand } from '../support/stand.ts';
import { until } from '../support/until.ts';
import type { Wire } from '../support/wire.ts';

const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';
const HANDSHAKE = {
  Connection: 'Upgrade',
  Upgrade: 'websocket',
  'Sec-WebSocket-Key': KEY,
  'Sec-WebSocket-Version': '13',
};
const MEGABYTE = 1 << 20;

let stand: Stand;
before(async () => {
  stand = await Stand.open({ workers: 1 });
});
after(() => stand.close());

const acceptOf = (key: string): string =>
  createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');

const switching = (accept: string): string =>
  `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`;

/** A frame of up to 65,535 octets; a client's is masked (RFC 6455 §5.2). */
function frame(opcode: number, payload: Buffer, masked: boolean): Buffer {
  const flag = masked ? 0x80 : 0;
  const length =
    payload.length < 126 ? [flag | payload.length] : [flag | 126, payload.length >> 8, payload.length & 255];
  const mask = Buffer.from([1, 2, 3, 4]);
  const body = masked ? Buffer.from(payload.map((octet, index) => octet ^ mask[index & 3]!)) : payload;
  return Buffer.concat([Buffer.from([0x80 | opcode, ...length]), masked ? mask : Buffer.alloc(0), body]);
}

async function readFrame(wire: Wire): Promise<{ opcode: number; payload: Buffer }> {
  const [first = 0, second = 0] = await wire.readBytes(2);
  const short = second & 127;
  const length = short < 126 ? short : (await wire.readBytes(2)).readUInt16BE();
  const mask = (second & 128) === 0 ? null : Buffer.from(await wire.readBytes(4));
  const body = await wire.readBytes(length);
  return {
    opcode: first & 15,
    payload: mask === null ? body : Buffer.from(body.map((octet, index) => octet ^ mask[index & 3]!)),
  };
}

/** An origin that accepts every handshake and then serves the socket so. */
function playSocket(serve: (wire: Wire) => Promise<void>): void {
  stand.origin.play(async (wire) => {
    const request = await readRequest(wire);
    if (request === null) return;
    wire.write(switching(acceptOf(field(request, 'sec-websocket-key') ?? '')));
    await serve(wire);
    wire.end();
  });
}

async function echo(wire: Wire): Promise<void> {
  while (await wire.hasMore()) {
    const { opcode, payload } = await readFrame(wire);
    wire.write(frame(opcode, payload, false));
  }
}

async function connectSocket(target = '/socket', from: Stand = stand): Promise<Wire> {
  const wire = await from.connect();
  wire.write(requestText('GET', target, HANDSHAKE));
  const response = await readResponse(wire);
  assert.equal(response.status, 101);
  assert.equal(field(response, 'sec-websocket-accept'), acceptOf(KEY));
  assert.equal(field(response, 'upgrade'), 'websocket');
  return wire;
}

const REFUSED: readonly (readonly [string, Readonly<Record<string, string>>, number])[] = [
  ['another version', { ...HANDSHAKE, 'Sec-WebSocket-Version': '8' }, 426],
  ['no key', { Connection: 'Upgrade', Upgrade: 'websocket', 'Sec-WebSocket-Version': '13' }, 400],
  ['a key that is too short', { ...HANDSHAKE, 'Sec-WebSocket-Key': 'c2hvcnQ=' }, 400],
  ['a key that is no base64', { ...HANDSHAKE, 'Sec-WebSocket-Key': '!!!!!!!!!!!!!!!!!!!!!!!!' }, 400],
];

for (const [name, fields, status] of REFUSED) {
  it(`answers ${status} to a handshake with ${name}, without asking the origin`, async () => {
    playSocket(echo);
    const response = await stand.exchange(requestText('GET', '/socket', fields));
    assert.equal(response.status, status);
    if (status === 426) assert.equal(field(response, 'sec-websocket-version'), '13');
    assert.equal(stand.origin.received, '');
  });
}

it('opens no tunnel by POST, nor for another protocol', async () => {
  for (const text of [
    requestText('POST', '/socket', HANDSHAKE, 'x'),
    requestText('GET', '/socket', { ...HANDSHAKE, Upgrade: 'h2c' }),
    requestText('GET', '/socket', { ...HANDSHAKE, Connection: 'keep-alive' }),
  ]) {
    stand.origin.respond(() => 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
    const response = await stand.exchange(text);
    assert.ok(response.status === 200 || response.status === 400, `${response.status}`);
    assert.doesNotMatch(stand.origin.received, /^upgrade:/im);
  }
});

const BAD_ANSWERS: readonly (readonly [string, string])[] = [
  ['a wrong proof', switching(acceptOf('another key'))],
  ['no proof', 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'],
  ['another protocol', switching(acceptOf(KEY)).replace('websocket', 'h2c')],
];

for (const [name, octets] of BAD_ANSWERS) {
  it(`answers 502 where the origin switches with ${name}`, async () => {
    stand.origin.play(async (wire) => {
      await readRequest(wire);
      wire.write(`${octets}secret`);
    });
    const wire = await stand.connect();
    wire.write(requestText('GET', '/socket', HANDSHAKE));
    const response = await readResponse(wire);
    assert.equal(response.status, 502);
    assert.doesNotMatch(response.body.toString(), /secret/);
    await stand.origin.wires.at(-1)!.untilEnd();
    wire.close();
  });
}

it('answers 502 where the origin switches without having been asked', async () => {
  stand.origin.play(async (wire) => {
    await readRequest(wire);
    wire.write(switching(acceptOf(KEY)));
  });
  assert.equal((await stand.request()).status, 502);
});

it('passes a refusal of the origin on, and keeps the connection', async () => {
  stand.origin.respond(() => 'HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno');
  const wire = await stand.connect();
  for (let turn = 0; turn < 2; turn++) {
    wire.write(requestText('GET', '/socket', HANDSHAKE));
    assert.equal((await readResponse(wire)).status, 404);
  }
  wire.close();
});

it('carries frames both ways, and ends on both sides when one does', async () => {
  playSocket(echo);
  const wire = await connectSocket();
  for (const length of [0, 1, 125, 126, 5000, 65_535]) {
    const payload = Buffer.alloc(length, 'frame');
    wire.write(frame(2, payload, true));
    const { opcode, payload: back } = await readFrame(wire);
    assert.equal(opcode, 2);
    assert.ok(back.equals(payload), `${length} octets`);
  }
  assert.equal(await stand.node.metric('secbeat_connections_active'), 1);
  wire.close();
  await stand.origin.wires.at(-1)!.untilEnd();
  await stand.untilQuiet();
});

it('passes nothing on that a client sends before the origin has switched', async () => {
  const asked = Promise.withResolvers<Wire>();
  const go = Promise.withResolvers<void>();
  stand.origin.play(async (wire) => {
    await wire.readUntil('\r\n\r\n');
    asked.resolve(wire);
    await go.promise;
    wire.write(switching(acceptOf(KEY)));
    await echo(wire);
  });
  const wire = await stand.connect();
  wire.write(requestText('GET', '/socket', HANDSHAKE));
  const origin = await asked.promise;
  wire.write(frame(1, Buffer.from('early'), true));
  // A request on another connection is answered by the same worker: so the early frame has been read.
  await stand.exchange(requestText('GET', '/socket', { ...HANDSHAKE, 'Sec-WebSocket-Version': '8' }));
  assert.equal(origin.pending, '');
  go.resolve();
  assert.equal((await readResponse(wire)).status, 101);
  assert.equal((await readFrame(wire)).payload.toString(), 'early');
  wire.close();
});

it('passes nothing on that came early where the origin declines', async () => {
  stand.origin.play(async (wire) => {
    await wire.readUntil('\r\n\r\n');
    wire.write('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n');
    await wire.untilEnd();
  });
  const wire = await stand.connect();
  wire.write(`${requestText('GET', '/socket', HANDSHAKE)}GET /smuggled-frame HTTP/1.1\r\n`);
  assert.equal((await readResponse(wire)).status, 403);
  assert.doesNotMatch(stand.origin.received, /smuggled/);
  wire.close();
});

for (const slow of ['origin', 'client'] as const) {
  it(`holds the sender, not memory, while the ${slow} does not read`, async () => {
    const opened = Promise.withResolvers<Wire>();
    playSocket(async (wire) => {
      if (slow === 'origin') wire.socket.pause();
      opened.resolve(wire);
      await wire.untilEnd(60_000);
    });
    const client = await connectSocket();
    const origin = await opened.promise;
    const [reader, writer] = slow === 'origin' ? [origin, client] : [client, origin];
    reader.socket.pause();
    const quietBytes = stand.node.residentBytes();
    const piece = frame(2, Buffer.alloc(65_000, 'x'), slow === 'origin');
    for (let sent = 0; sent < 50 * MEGABYTE; sent += piece.length) writer.write(piece);
    let last = -1;
    let calm = 0;
    const waiting = await until(
      'standstill',
      () => writer.socket.writableLength,
      (length) => {
        calm = length === last ? calm + 1 : 0;
        last = length;
        return calm >= 30;
      },
    );
    const growth = stand.node.residentBytes() - quietBytes;
    assert.ok(waiting > 10 * MEGABYTE, `only ${waiting} octets were held back`);
    assert.ok(growth < 40 * MEGABYTE, `grew by ${(growth / MEGABYTE).toFixed(1)} MB`);
    client.close();
    origin.close();
    await stand.untilQuiet();
  });
}

it('ends a tunnel that is silent for too long, and not one that speaks', async () => {
  await stand.node.reload({ http: { websocket_idle_timeout_seconds: 2 } });
  playSocket(echo);
  const silent = await connectSocket();
  const talker = await connectSocket();
  const startMs = performance.now();
  const talking = setInterval(() => talker.write(frame(9, Buffer.from('ping'), true)), 200);
  await silent.untilEnd();
  const silentMs = performance.now() - startMs;
  assert.ok(silentMs >= 1500 && silentMs < 6000, `${silentMs} ms`);
  await until(
    'more time than silence may take',
    () => performance.now() - startMs,
    (ms) => ms > 3500,
  );
  clearInterval(talking);
  assert.equal(talker.ended, false);
  talker.close();
  await stand.node.reload({ http: { websocket_idle_timeout_seconds: 300 } });
});

it('may be silent for as long as its own site says', async () => {
  const origins = [{ url: `http://127.0.0.1:${stand.origin.port}` }];
  const http = { websocket_idle_timeout_seconds: 1 };
  await stand.node.reload({ sites: [{ name: 'chat', origins, http }] });
  playSocket(echo);
  const silent = await connectSocket();
  await silent.untilEnd(6000);
  await stand.node.reload({ sites: [] });
});

it('is not cut by a reload', async () => {
  playSocket(echo);
  const wire = await connectSocket();
  await stand.node.reload({ http: { header_timeout_ms: 9000 } });
  wire.write(frame(1, Buffer.from('still here'), true));
  assert.equal((await readFrame(wire)).payload.toString(), 'still here');
  wire.close();
});

it('hears close 1001 when the node ends', async (t) => {
  const own = await Stand.open();
  t.after(() => own.close());
  own.origin.play(async (wire) => {
    await readRequest(wire);
    wire.write(switching(acceptOf(KEY)));
    await echo(wire);
  });
  const idle = await connectSocket('/idle', own);
  const stopping = own.node.stop();
  const { opcode, payload } = await readFrame(idle);
  assert.equal(opcode, 8);
  assert.equal(payload.readUInt16BE(), 1001);
  await idle.untilEnd();
  await stopping;
});

/** Origins that refuse, hang, talk garbage or break off: the client hears so in time, and nothing else. */
import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { FrozenListener } from '../support/frozen-listener.ts';
import {
  field,
  type Response,
  readRequest,
  readResponse,
  requestText,
  responseText,
} from '../support/messages.ts';
import { freePort, OWN_HOST } from '../support/node-config.ts';
import { Stand } from '../support/stand.ts';
import type { Wire } from '../support/wire.ts';

let stand: Stand;
before(async () => {
  stand = await Stand.open({
    workers: 1,
    settings: {
      network: { connection_timeout: 1 },
      upstream: { response_timeout_seconds: 1, connections_max: 4, queue_max: 2, queue_timeout_ms: 300 },
    },
  });
});
after(() => stand.close());

/** The node's own answer: status, request id, and not a word of what the origin said. */
function assertOwnAnswer(response: Response, status: string): void {
  const id = field(response, 'x-request-id');
  assert.equal(response.startLine, `HTTP/1.1 ${status}`);
  assert.match(id ?? '', /^[A-Za-z0-9-]+$/);
  assert.equal(response.body.toString(), `${status}\nRequest id: ${id}\n`);
}

const GARBAGE: readonly (readonly [string, string])[] = [
  ['words', 'secret garbage\r\n\r\n'],
  ['another protocol', 'SSH-2.0-secret\r\n'],
  ['another version', 'HTTP/2 200 OK\r\n\r\nsecret'],
  ['version 0.9', '<html>secret</html>'],
  ['a status of two digits', 'HTTP/1.1 20 OK\r\n\r\nsecret'],
  ['a status of four digits', 'HTTP/1.1 2000 OK\r\n\r\nsecret'],
  ['a status below 100', 'HTTP/1.1 099 OK\r\n\r\nsecret'],
  ['a status line with a lone LF', 'HTTP/1.1 200 OK\nContent-Length: 6\r\n\r\nsecret'],
  ['a reason with a control octet', 'HTTP/1.1 200 O\x01K\r\nContent-Length: 6\r\n\r\nsecret'],
  ['a blank before a colon', 'HTTP/1.1 200 OK\r\nContent-Length : 6\r\n\r\nsecret'],
  ['a folded line', 'HTTP/1.1 200 OK\r\nX-A: 1\r\n 2\r\nContent-Length: 6\r\n\r\nsecret'],
  ['a zero octet in a value', 'HTTP/1.1 200 OK\r\nX-A: a\0\r\nContent-Length: 6\r\n\r\nsecret'],
  ['a lone CR in a value', 'HTTP/1.1 200 OK\r\nX-A: a\rSet-Cookie: b\r\nContent-Length: 6\r\n\r\nsecret'],
  [
    'a length and a coding',
    'HTTP/1.1 200 OK\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\nsecret',
  ],
  ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 6\r\nContent-Length: 7\r\n\r\nsecret'],
  ['a list of lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 6, 6\r\n\r\nsecret'],
  ['a length that is no number', 'HTTP/1.1 200 OK\r\nContent-Length: six\r\n\r\nsecret'],
  ['a negative length', 'HTTP/1.1 200 OK\r\nContent-Length: -6\r\n\r\nsecret'],
  ['an unknown coding', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nsecret'],
  ['chunked twice', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, chunked\r\n\r\n6\r\nsecret\r\n0\r\n\r\n'],
  ['a coding in HTTP/1.0', 'HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nsecret\r\n0\r\n\r\n'],
  ['a head without end', `HTTP/1.1 200 OK\r\nX-A: ${'secret'.repeat(20_000)}`],
  ['more fields than anybody needs', `HTTP/1.1 200 OK\r\n${'X-A: secret\r\n'.repeat(500)}\r\n`],
  ['a switch of protocols that nobody asked for', 'HTTP/1.1 101 Switching Protocols\r\n\r\nsecret'],
  ['interim responses without end', 'HTTP/1.1 102 Processing\r\n\r\n'.repeat(40)],
];

/** Request ids of the answers to garbage. */
const garbled: string[] = [];

for (const [name, octets] of GARBAGE) {
  it(`answers 502 to an origin that sends ${name}, and closes that connection`, async () => {
    stand.origin.play(async (wire) => {
      await readRequest(wire);
      wire.write(octets);
    });
    const wire = await stand.connect();
    wire.write(requestText('GET', '/'));
    let response = await readResponse(wire);
    while (response.status === 102) response = await readResponse(wire);
    assertOwnAnswer(response, '502 Bad Gateway');
    assert.doesNotMatch(wire.pending, /secret/);
    await stand.origin.wires.at(-1)!.untilEnd();
    garbled.push(field(response, 'x-request-id')!);
    wire.close();
  });
}

it('logs each of these by the request id that the client got', async () => {
  for (const id of garbled) {
    const line = await stand.node.untilLine(new RegExp(` request_id=${id}( |$)`));
    assert.match(line, / status=502 .*reason=origin_invalid/);
  }
});

/** Starts of a response, and how it goes on once the client has seen `partial`; null ends the connection. */
const BROKEN_BODIES: readonly (readonly [string, string, string | null])[] = [
  ['ends before its length', 'Content-Length: 100\r\n\r\npartial', null],
  ['ends before its last chunk', 'Transfer-Encoding: chunked\r\n\r\n7\r\npartial\r\n', null],
  ['has a malformed chunk', 'Transfer-Encoding: chunked\r\n\r\n7\r\npartial\r\n', 'zz\r\n'],
  ['has a malformed trailer', 'Transfer-Encoding: chunked\r\n\r\n7\r\npartial\r\n', '0\r\nX A\r\n\r\n'],
];

for (const [name, start, rest] of BROKEN_BODIES) {
  it(`breaks off a response whose body ${name}, so that it cannot be taken for a whole one`, async () => {
    const upstream = Promise.withResolvers<Wire>();
    stand.origin.play(async (wire) => {
      await readRequest(wire);
      wire.write(`HTTP/1.1 200 OK\r\n${start}`);
      upstream.resolve(wire);
    });
    const wire = await stand.connect();
    wire.write(requestText('GET', '/'));
    const seen = await wire.readUntil('partial');
    const origin = await upstream.promise;
    if (rest === null) origin.end();
    else origin.write(rest);
    const text = seen + (await wire.readToEnd()).toString('latin1');
    assert.match(text, /^HTTP\/1\.1 200 OK\r\n/);
    assert.doesNotMatch(text, /\r\n0\r\n/);
    assert.equal(text.match(/HTTP\/1\.1/g)?.length, 1);
  });
}

it('answers 502 where the fault in a body came along with the head', async () => {
  stand.origin.play(async (wire) => {
    await readRequest(wire);
    wire.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nsecret');
  });
  assertOwnAnswer(await stand.request(), '502 Bad Gateway');
});

it('answers 504 where the head of a response does not come, and closes that connection', async () => {
  stand.origin.play(async (wire) => {
    await readRequest(wire);
    wire.write('HTTP/1.1 200 OK\r\nContent-');
  });
  const startMs = performance.now();
  const response = await stand.request();
  const elapsedMs = performance.now() - startMs;
  assertOwnAnswer(response, '504 Gateway Timeout');
  assert.ok(elapsedMs >= 900 && elapsedMs < 3000, `${elapsedMs} ms`);
  await stand.origin.wires.at(-1)!.untilEnd();
});

it('answers 504 where the head of a response comes octet by octet, and no further than the time allows', async () => {
  stand.origin.play(async (wire) => {
    await readRequest(wire);
    const drip = setInterval(() => wire.write('a'), 100);
    wire.write('HTTP/1.1 200 OK\r\nX-Drip: ');
    await wire.untilEnd().finally(() => clearInterval(drip));
  });
  const startMs = performance.now();
  assertOwnAnswer(await stand.request(), '504 Gateway Timeout');
  assert.ok(performance.now() - startMs < 3000);
});

it('breaks off a response whose body comes octet by octet once the whole request has taken too long', async () => {
  await stand.node.reload({ http: { request_timeout_seconds: 2 } });
  stand.origin.play(async (wire) => {
    await readRequest(wire);
    const drip = setInterval(() => wire.write('a'), 100);
    wire.write('HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\npartial');
    await wire.untilEnd().finally(() => clearInterval(drip));
  });
  const wire = await stand.connect();
  const startMs = performance.now();
  wire.write(requestText('GET', '/'));
  assert.match((await wire.readToEnd()).toString('latin1'), /partiala+$/);
  const elapsedMs = performance.now() - startMs;
  assert.ok(elapsedMs >= 1900 && elapsedMs < 4000, `${elapsedMs} ms`);
  await stand.node.reload({ http: { request_timeout_seconds: 300 } });
});

it('answers 502 where the origin resets the connection', async () => {
  stand.origin.play(async (wire) => {
    await readRequest(wire);
    wire.reset();
  });
  assertOwnAnswer(await stand.request(), '502 Bad Gateway');
  assertOwnAnswer(await stand.request('POST', '/', {}, 'a=1'), '502 Bad Gateway');
});

it('answers 504 where the origin takes nothing of a body', async () => {
  await stand.node.reload({ waf: { http_inspection: { inspect_body: false } } });
  stand.origin.play(async (wire) => {
    wire.socket.pause();
    await wire.untilClosed();
  });
  const wire = await stand.connect();
  const startMs = performance.now();
  wire.write(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 50000000\r\n\r\n`);
  const piece = 'a'.repeat(1_000_000);
  for (let piecesLeft = 50; piecesLeft > 0 && wire.write(piece); piecesLeft--);
  const pump = (): void => {
    if (!wire.ended) wire.write(piece);
  };
  wire.socket.on('drain', pump);
  assert.equal((await readResponse(wire)).status, 504);
  assert.ok(performance.now() - startMs < 5000);
  wire.close();
  stand.origin.wires.at(-1)!.close();
  await stand.node.reload({ waf: { http_inspection: { inspect_body: true } } });
});

it('breaks off a response that stalls in its body', async () => {
  stand.origin.play(async (wire) => {
    await readRequest(wire);
    wire.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\npartial');
  });
  const wire = await stand.connect();
  const startMs = performance.now();
  wire.write(requestText('GET', '/'));
  assert.match((await wire.readToEnd()).toString('latin1'), /partial$/);
  assert.ok(performance.now() - startMs < 3000);
});

it('answers 502 where nothing listens, and serves again as soon as something does', async () => {
  const port = await freePort();
  await stand.node.reload({ network: { backend_addr: `${OWN_HOST}:${port}` } });
  assertOwnAnswer(await stand.request(), '502 Bad Gateway');
  assertOwnAnswer(await stand.request('POST', '/', {}, 'a=1'), '502 Bad Gateway');
  await stand.node.reload({ network: { backend_addr: `127.0.0.1:${stand.origin.port}` } });
  stand.origin.respond(() => responseText('back'));
  assert.equal((await stand.request()).body.toString(), 'back');
});

it('answers 504 where connections to the origin do not come about, and soon without waiting for one', async (context) => {
  const frozen = await FrozenListener.start();
  context.after(() => frozen.kill());
  await stand.node.reload({
    network: { backend_addr: `127.0.0.1:${frozen.port}` },
    upstream: { breaker: { connect_failures: 2, open_ms: 60_000 } },
  });
  const startMs = performance.now();
  for (let request = 0; request < 2; request++) {
    assertOwnAnswer(await stand.request('POST', '/', {}, 'a=1'), '504 Gateway Timeout');
  }
  const waitedMs = performance.now() - startMs;
  assert.ok(waitedMs >= 1900 && waitedMs < 5000, `${waitedMs} ms`);
  const openMs = performance.now();
  const refused = await stand.request();
  assertOwnAnswer(refused, '503 Service Unavailable');
  assert.ok(performance.now() - openMs < 900);
  await stand.node.reload({ network: { backend_addr: `127.0.0.1:${stand.origin.port}` } });
  stand.origin.respond(() => responseText('back'));
  assert.equal((await stand.request()).body.toString(), 'back');
});

it('answers 503 to what finds no connection to the origin: at once beyond the queue, else in time', async () => {
  stand.origin.play(async (wire) => {
    await readRequest(wire);
  });
  const wires = await Promise.all(Array.from({ length: 7 }, () => stand.connect()));
  const startMs = performance.now();
  for (const wire of wires) wire.write(requestText('GET', '/'));
  const answers = await Promise.all(
    wires.map(async (wire) => ({ response: await readResponse(wire), ms: performance.now() - startMs })),
  );
  const busy = answers.filter(({ response }) => response.status === 503).sort((a, b) => a.ms - b.ms);
  assert.equal(busy.length, 3, '7 requests, 4 connections');
  for (const { response } of busy) assertOwnAnswer(response, '503 Service Unavailable');
  assert.ok(busy[0]!.ms < 300, 'one is beyond the queue of 2');
  assert.ok(busy[1]!.ms >= 290 && busy[2]!.ms < 1000, 'two wait in the queue');
  assert.equal(answers.filter(({ response }) => response.status === 504).length, 4);
  for (const wire of wires) wire.close();
});

it('repeats a GET once whose kept connection had died, and never a POST', async () => {
  for (const method of ['GET', 'POST']) {
    stand.origin.play(async (wire) => {
      await readRequest(wire);
      wire.write(responseText('first'));
      await readRequest(wire);
      wire.end();
    });
    const wire = await stand.connect();
    wire.write(requestText(method, '/warm', {}, method === 'POST' ? 'x' : ''));
    assert.equal((await readResponse(wire)).body.toString(), 'first');
    wire.write(requestText(method, '/again', {}, method === 'POST' ? 'x' : ''));
    const response = await readResponse(wire);
    const sent = stand.origin.received.split(`${method} /again `).length - 1;
    assert.equal(sent, method === 'GET' ? 2 : 1);
    assert.equal(response.status, method === 'GET' ? 200 : 502);
    wire.close();
  }
});

/** How a response ends that leaves its connection fit for the next request, or not. */
const ENDINGS: readonly (readonly [string, string, boolean])[] = [
  ['ends by its length', responseText('ok'), true],
  [
    'ends by its last chunk',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n',
    true,
  ],
  ['has no body', 'HTTP/1.1 204 No Content\r\n\r\n', true],
  ['says close', responseText('ok', { Connection: 'close' }), false],
  ['is HTTP/1.0', 'HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok', false],
  ['is followed by further octets', `${responseText('ok')}HTTP/1.1 200 OK\r\n`, false],
];

for (const [name, octets, reused] of ENDINGS) {
  it(`${reused ? 'uses' : 'does not use'} a connection again whose response ${name}`, async () => {
    stand.origin.play(async (wire) => {
      while ((await readRequest(wire)) !== null) wire.write(octets);
    });
    const known = stand.origin.wires.length;
    const wire = await stand.connect();
    for (let turn = 0; turn < 3; turn++) {
      wire.write(requestText('GET', '/'));
      assert.ok((await readResponse(wire)).status < 300);
    }
    const used: readonly Wire[] = stand.origin.wires.slice(known);
    assert.equal(used.length, reused ? 1 : 3);
    if (!reused) await Promise.all(used.map((one) => one.untilEnd()));
    wire.close();
  });
}

it('does not use a connection again whose response came before the request was whole', async () => {
  await stand.node.reload({ waf: { http_inspection: { inspect_body: false } } });
  stand.origin.play(async (wire) => {
    await wire.readUntil('\r\n\r\n');
    wire.write(responseText('early'));
  });
  const wire = await stand.connect();
  wire.write(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 200000\r\n\r\n${'a'.repeat(100_000)}`);
  const response = await readResponse(wire);
  assert.equal(response.body.toString(), 'early');
  assert.equal(field(response, 'connection'), 'close');
  await stand.origin.wires.at(-1)!.untilEnd();
  wire.close();
});

it('closes an idle connection on which the origin speaks unasked', async () => {
  stand.origin.respond(() => responseText('ok'));
  const known = stand.origin.wires.length;
  await stand.request();
  const [idle] = stand.origin.wires.slice(known);
  assert.equal(idle?.ended, false);
  idle.write('HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison');
  await idle.untilEnd();
  assert.equal((await stand.request()).body.toString(), 'ok');
});

it('ends the request at the origin when the client resets', async () => {
  const upstream = Promise.withResolvers<Wire>();
  stand.origin.play(async (wire) => {
    await readRequest(wire);
    upstream.resolve(wire);
  });
  const wire = await stand.connect();
  wire.write(requestText('GET', '/slow'));
  const origin = await upstream.promise;
  wire.reset();
  await origin.untilEnd(900);
});

it('serves a request that must not be repeated while all connections idle for too long to be trusted', async () => {
  stand.origin.respond(() => responseText('ok'));
  await stand.node.reload({
    upstream: { connections_max: 1, idle_timeout_seconds: 60 },
    http: { idle_timeout_seconds: 1 },
  });
  const wire = await stand.connect();
  wire.write(requestText('GET', '/'));
  assert.equal((await readResponse(wire)).status, 200);
  // The node ends the idle client connection after a second: by then the one to the origin is a second old too.
  await wire.untilEnd();
  assert.equal((await stand.request('POST', '/', {}, 'a=1')).status, 200);
});

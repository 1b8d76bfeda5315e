import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { it, type TestContext } from 'node:test';
import { type OriginOptions, type RunningOrigin, startOrigin } from './test-origin.ts';

async function start(t: TestContext, options: OriginOptions = {}): Promise<RunningOrigin> {
  const origin = await startOrigin(options);
  t.after(() => origin.close());
  return origin;
}

/** Sends raw bytes and returns all that comes back until the origin closes. */
async function exchange(origin: RunningOrigin, ...parts: string[]): Promise<string> {
  const socket = connect(origin.port, origin.host);
  let received = '';
  socket.setEncoding('latin1');
  socket.on('data', (text: string) => {
    received += text;
  });
  for (const part of parts) socket.write(part, 'latin1');
  await once(socket, 'close');
  return received;
}

it('answers any method and path with its page and closes the connection', async (t) => {
  const origin = await start(t);
  const answer = await exchange(origin, 'DELETE /any/path?x=1 HTTP/1.1\r\nHost: a\r\n\r\n');
  assert.match(answer, /^HTTP\/1\.1 200 OK\r\n/);
  assert.match(answer, /\r\nServer: TestOrigin\/1\.0\r\n/i);
  assert.match(answer, /\r\nContent-Type: text\/html/i);
  assert.match(answer, /\r\nConnection: close\r\n/i);
  assert.match(answer, /<title>SecBeat test origin<\/title>/);
  assert.equal(origin.requests(), 1);
});

it('answers HEAD with the length of the page and without the page', async (t) => {
  const origin = await start(t, { bodyBytes: 1234 });
  const answer = await exchange(origin, 'HEAD / HTTP/1.1\r\nHost: a\r\n\r\n');
  assert.match(answer, /\r\nContent-Length: 1234\r\n/i);
  assert.ok(answer.endsWith('\r\n\r\n'));
});

it('reads a request body to its end before it answers', async (t) => {
  const origin = await start(t);
  const answer = await exchange(
    origin,
    'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n',
    '0\r\n\r\n',
  );
  assert.match(answer, /^HTTP\/1\.1 200 OK\r\n/);
});

it('serves bodies of the size asked for', async (t) => {
  for (const bodyBytes of [1, 10, 100_000]) {
    const origin = await start(t, { bodyBytes });
    const body = await (await fetch(origin.url)).arrayBuffer();
    assert.equal(body.byteLength, bodyBytes);
  }
});

it('keeps connections open in keep-alive mode', async (t) => {
  const origin = await start(t, { keepAlive: true, bodyBytes: 10 });
  const request = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';
  const last = 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';
  const socket = connect(origin.port, origin.host);
  t.after(() => socket.destroy());
  let answers = 0;
  const second = new Promise<void>((resolve) => {
    socket.on('data', (chunk) => {
      answers += chunk.toString('latin1').split('HTTP/1.1 200').length - 1;
      if (answers === 1) socket.write(last);
      if (answers === 2) resolve();
    });
  });
  socket.write(request);
  await second;
  assert.equal(origin.requests(), 2);
});

it('rejects when its address is taken', async (t) => {
  const origin = await start(t);
  await assert.rejects(startOrigin({ port: origin.port }), { code: 'EADDRINUSE' });
});

it('frees its port when closed, also with an open connection', async () => {
  const first = await startOrigin({ keepAlive: true });
  const socket = connect(first.port, first.host);
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  await first.close();
  const second = await startOrigin({ port: first.port });
  await second.close();
});

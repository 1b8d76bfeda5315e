import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, it } from 'node:test';
import { exchangeHttp, type HttpExchange, retryAfterMsOf } from './http-exchange.ts';
import { systemTimers } from './timers.ts';

const PATIENCE_MS = 10_000;

describe('one HTTP exchange', () => {
  const servers: Server[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) {
      server.close();
      server.closeAllConnections();
    }
  });

  async function ask(answer: RequestListener, change: Partial<HttpExchange> = {}) {
    const server = createServer(answer).listen(0, '127.0.0.1');
    servers.push(server);
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const plain = { method: 'POST', url, headers: {}, body: '', bytesMax: 100, timeoutMs: PATIENCE_MS };
    return await exchangeHttp({ ...plain, ...change }, systemTimers);
  }

  it('sends a body with its length, and has the answer as a whole', async () => {
    const answer = await ask(
      async (request, response) => {
        const text = (await request.setEncoding('utf8').toArray()).join('');
        response.writeHead(429, { 'retry-after': '2' }).end(`${request.headers['content-length']} ${text}`);
      },
      { body: 'grün' },
    );
    assert.ok(answer.ok);
    const { status, headers, body } = answer.value;
    assert.deepEqual([status, body.toString('utf8'), retryAfterMsOf(headers)], [429, '5 grün', 2000]);
  });

  it('follows nobody elsewhere', async () => {
    const answer = await ask((_request, response) => {
      response.writeHead(307, { location: 'http://127.0.0.1:1/' }).end();
    });
    assert.ok(answer.ok && answer.value.status === 307);
  });

  it('ends with a fault where the answer is too large, does not come, or is not wanted any more', async () => {
    const large = await ask((_request, response) => response.end('x'.repeat(101)));
    assert.ok(!large.ok && large.fault.message === 'the answer is larger than 100 bytes');
    const late = await ask((_request, response) => response.write('half'), { timeoutMs: 50 });
    assert.ok(!late.ok && late.fault.message === 'no answer within 50 ms');
    const unwanted = new AbortController();
    const ended = await ask(() => unwanted.abort(), { signal: unwanted.signal });
    assert.ok(!ended.ok && ended.fault.message === 'given up');
  });

  it('ends with a fault where nobody is there, or nobody can be trusted', async () => {
    const closed = await ask((request) => request.socket.destroy());
    assert.ok(!closed.ok && !closed.fault.stale);
    const tls = { ca: '-----BEGIN CERTIFICATE-----\nnone\n-----END CERTIFICATE-----\n' };
    const untrusted = await ask(() => undefined, { url: 'https://127.0.0.1:1/', tls });
    assert.equal(untrusted.ok, false);
  });
});

import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createServer as createTcpServer, type Socket } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { createSelfSigned } from '../self-signed.ts';
import { ANSWER_BYTES_MAX, createAcmeCaller, parseRetryAfter } from './acme-call.ts';

const NOW_MS = Date.UTC(2026, 0, 1);
const PATIENT = new AbortController().signal;

describe('calls to an authority', () => {
  let server: Server;
  let certPem = '';

  before(async () => {
    const pair = await createSelfSigned(['127.0.0.1']);
    certPem = pair.certPem;
    server = createServer({ cert: pair.certPem, key: pair.keyPem }, (request, response) => {
      if (request.url === '/endless') {
        const chunk = Buffer.alloc(64 * 1024);
        const more = () => {
          while (!response.destroyed && response.write(chunk));
        };
        response.on('drain', more);
        more();
      } else if (request.url === '/half') {
        response.writeHead(200, { 'Content-Length': '100' });
        response.write('half', () => response.destroy());
      } else if (request.url === '/stuck') {
        response.writeHead(200).flushHeaders();
      } else if (request.url === '/away') {
        response.writeHead(302, { Location: '/fine' }).end();
      } else if (request.url === '/fine') {
        const { 'user-agent': agent, 'content-type': type } = request.headers;
        const headers = { 'Replay-Nonce': 'bm9uY2U', Location: 'https://a.example/1', 'Retry-After': '7' };
        response.writeHead(201, headers).end(`${agent} ${type}`);
      } else if (request.url === '/bad-nonce') {
        response.writeHead(200, { 'Replay-Nonce': 'not base64url!' }).end();
      }
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });

  after(() => {
    server.closeAllConnections();
    server.close();
  });

  async function call(path: string, timeoutMs = 10_000, trusted = true, signal = PATIENT) {
    const { port } = server.address() as AddressInfo;
    const caller = createAcmeCaller({
      trustedCaPem: trusted ? certPem : null,
      userAgent: 'SecBeat/test',
      wallMs: () => NOW_MS,
      timeoutMs,
    });
    return await caller({ method: 'POST', url: `https://127.0.0.1:${port}${path}`, body: '{}', signal });
  }

  it('bring status, body, nonce, location and pause', async () => {
    const answer = await call('/fine');
    assert.ok(answer.ok);
    assert.deepEqual(answer.value, {
      status: 201,
      body: Buffer.from('SecBeat/test application/jose+json'),
      nonce: 'bm9uY2U',
      location: 'https://a.example/1',
      retryAfterMs: 7000,
    });
  });

  it('end where the server is not trusted', async () => {
    const answer = await call('/fine', 10_000, false);
    assert.ok(!answer.ok);
    assert.match(answer.fault, /SELF_SIGNED|UNABLE_TO_VERIFY/);
  });

  it('end where the server sends without end', async () => {
    const answer = await call('/endless');
    assert.deepEqual(answer, { ok: false, fault: `the answer is larger than ${ANSWER_BYTES_MAX} bytes` });
  });

  it('end where the answer breaks off', async () => {
    const answer = await call('/half');
    assert.ok(!answer.ok);
  });

  it('end where the server never finishes its answer, or never begins it', async () => {
    for (const path of ['/stuck', '/silent']) {
      const answer = await call(path, 200);
      assert.ok(!answer.ok);
      assert.match(answer.fault, /within 200 ms/);
    }
  });

  it('end when they are given up', async () => {
    const giveUp = new AbortController();
    const answer = call('/silent', 10_000, true, giveUp.signal);
    giveUp.abort();
    assert.ok(!(await answer).ok);
  });

  it('end where the server does not speak TLS', async () => {
    const sockets = new Set<Socket>();
    const plain = createTcpServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
    });
    await new Promise<void>((resolve) => plain.listen(0, '127.0.0.1', resolve));
    const { port } = plain.address() as AddressInfo;
    const caller = createAcmeCaller({ trustedCaPem: null, userAgent: 'x', wallMs: () => 0, timeoutMs: 2000 });
    const answer = await caller({
      method: 'GET',
      url: `https://127.0.0.1:${port}/`,
      body: null,
      signal: PATIENT,
    });
    assert.ok(!answer.ok);
    for (const socket of sockets) socket.destroy();
    plain.close();
  });

  it('do not follow redirects', async () => {
    const answer = await call('/away');
    assert.ok(answer.ok);
    assert.equal(answer.value.status, 302);
  });

  it('ignore a malformed nonce', async () => {
    const answer = await call('/bad-nonce');
    assert.ok(answer.ok);
    assert.equal(answer.value.nonce, null);
  });
});

describe('parseRetryAfter', () => {
  for (const [value, expectedMs] of [
    [undefined, 0],
    ['0', 0],
    ['120', 120_000],
    ['-5', 0],
    ['1.5', 0],
    ['soon', 0],
    ['999999999999', 86_400_000],
    ['Thu, 01 Jan 2026 00:10:00 GMT', 600_000],
    ['Wed, 31 Dec 2025 00:00:00 GMT', 0],
    ['Thu, 01 Jan 2099 00:00:00 GMT', 86_400_000],
    ['9'.repeat(100), 0],
  ] as const) {
    it(`reads ${value} as ${expectedMs} ms`, () => {
      assert.equal(parseRetryAfter(value, NOW_MS), expectedMs);
    });
  }
});

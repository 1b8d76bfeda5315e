/** The client against real servers that behave badly. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { describe, it } from 'node:test';
import { OrchestratorClient } from './orchestrator-client.ts';
import type { Call } from './orchestrator-transport.ts';

const CALL: Omit<Call, 'signal'> = { method: 'POST', path: '/x?y=1', body: { a: 'ü' }, timeoutMs: 5000 };

type Caller = (change?: Partial<Call>) => ReturnType<OrchestratorClient['call']>;

async function withServer(
  server: Server,
  check: (call: Caller, port: number) => Promise<void>,
): Promise<void> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const client = new OrchestratorClient({ serverUrl: `http://127.0.0.1:${port}/base/`, token: 'secret' });
  try {
    await check((change) => client.call({ ...CALL, signal: new AbortController().signal, ...change }), port);
  } finally {
    client.close();
    for (const socket of sockets) socket.destroy();
    server.close();
  }
}

const withHttp = (listener: RequestListener, check: (call: Caller, port: number) => Promise<void>) =>
  withServer(createServer(listener), check);

const withTcp = (onSocket: (socket: Socket) => void, check: (call: Caller, port: number) => Promise<void>) =>
  withServer(createTcpServer(onSocket), check);

describe('a call', () => {
  it('carries path, token and body, and returns status and body', async () => {
    const seen: unknown[] = [];
    const listener: RequestListener = async (request, response) => {
      const body = await request.setEncoding('utf8').toArray();
      seen.push([request.method, request.url, request.headers.authorization, body.join('')]);
      response.writeHead(429, { 'Retry-After': '7' }).end('{"b":2}');
    };
    await withHttp(listener, async (call) => {
      const answer = await call();
      assert.deepEqual(answer, { ok: true, value: { status: 429, json: { b: 2 }, retryAfterMs: 7000 } });
    });
    assert.deepEqual(seen, [['POST', '/base/x?y=1', 'Bearer secret', '{"a":"ü"}']]);
  });

  it('returns an empty or foreign body as none', async () => {
    await withHttp(
      (_request, response) => response.end('<html>'),
      async (call) => {
        const answer = await call({ method: 'GET', body: undefined });
        assert.ok(answer.ok);
        assert.equal(answer.value.json, undefined);
      },
    );
  });

  it('does not follow a redirect', async () => {
    let requests = 0;
    const listener: RequestListener = (_request, response) => {
      requests += 1;
      response.writeHead(307, { Location: '/elsewhere' }).end();
    };
    await withHttp(listener, async (call) => {
      const answer = await call();
      assert.ok(answer.ok);
      assert.deepEqual([answer.value.status, requests], [307, 1]);
    });
  });

  it('uses its connection again, and makes a new one when the old one went away', async () => {
    let connections = 0;
    const server = createServer((_request, response) => response.end('{}'));
    server.on('connection', () => {
      connections += 1;
    });
    await withServer(server, async (call) => {
      assert.ok((await call()).ok);
      assert.ok((await call()).ok);
      assert.equal(connections, 1);
      server.closeIdleConnections();
      assert.ok((await call()).ok);
      assert.equal(connections, 2);
    });
  });
});

describe('a server that', () => {
  it('has gone away gives a fault', async () => {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, 'close');
    const client = new OrchestratorClient({ serverUrl: `http://127.0.0.1:${port}`, token: null });
    const answer = await client.call({ ...CALL, signal: new AbortController().signal });
    client.close();
    assert.equal(answer.ok, false);
  });

  it('never answers gives a fault in time', async () => {
    await withHttp(
      () => undefined,
      async (call) => {
        const answer = await call({ timeoutMs: 50 });
        assert.deepEqual(answer, { ok: false, fault: 'no answer within 50 ms' });
      },
    );
  });

  it('sends a byte now and then gives a fault in time', async () => {
    await withHttp(
      (_request, response) => {
        const timer = setInterval(() => response.write('x'), 10);
        response.on('close', () => clearInterval(timer));
      },
      async (call) => assert.equal((await call({ timeoutMs: 100 })).ok, false),
    );
  });

  it('answers without end gives a fault', async () => {
    await withHttp(
      (_request, response) => {
        const pour = (): void => {
          while (response.write('x'.repeat(16_384)));
        };
        response.on('drain', pour);
        pour();
      },
      async (call) => {
        const answer = await call();
        assert.ok(!answer.ok && answer.fault.includes('larger than'));
      },
    );
  });

  it('closes at once gives a fault', async () => {
    await withTcp(
      (socket) => socket.destroy(),
      async (call) => assert.equal((await call()).ok, false),
    );
  });

  it('speaks something else gives a fault', async () => {
    await withTcp(
      (socket) => socket.end('SSH-2.0-something\r\n'),
      async (call) => assert.equal((await call()).ok, false),
    );
  });

  it('breaks off in the middle gives a fault', async () => {
    await withTcp(
      (socket) => {
        socket.once('data', () => {
          socket.end('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"half":');
        });
      },
      async (call) => assert.equal((await call()).ok, false),
    );
  });
});

it('a call that is given up ends at once', async () => {
  await withHttp(
    () => undefined,
    async (call) => {
      const giveUp = new AbortController();
      const answer = call({ signal: giveUp.signal });
      giveUp.abort();
      assert.deepEqual(await answer, { ok: false, fault: 'given up' });
      assert.deepEqual(await call({ signal: giveUp.signal }), { ok: false, fault: 'given up' });
    },
  );
});

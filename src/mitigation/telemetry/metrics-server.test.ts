import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { after, describe, it } from 'node:test';
import { ManualClock } from '../../core/clock.ts';
import { silentLogger } from '../../core/logger.ts';
import type { MetricFamily } from '../../export/prometheus.ts';
import type { HealthFacts } from './health.ts';
import { openHttpListener } from './http-listener.ts';
import { createMetricsServer } from './metrics-server.ts';

const closers: (() => Promise<void>)[] = [];
after(() => Promise.all(closers.map((close) => close())));

async function startServer(readFamilies: () => readonly MetricFamily[], facts: HealthFacts): Promise<string> {
  const { address, close } = await createMetricsServer({
    host: '127.0.0.1',
    port: 0,
    clock: new ManualClock(),
    logger: silentLogger,
    readFamilies,
    readHealth: () => facts,
  }).start();
  closers.push(close);
  return `http://${address.host}:${address.port}`;
}

const active: HealthFacts = { state: 'Active', workersAlive: 2 };

describe('metrics server', () => {
  it('serves a page as Prometheus wants it', async () => {
    let value = 0;
    const url = await startServer(() => {
      value += 1;
      return [{ type: 'counter', name: 'scrapes_total', help: 'Scrapes.', samples: [{ labels: [], value }] }];
    }, active);
    for (const expected of [1, 2]) {
      const response = await fetch(`${url}/metrics`);
      assert.equal(response.status, 200);
      assert.equal(response.headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8');
      assert.ok((await response.text()).endsWith(`\nscrapes_total ${expected}\n`));
    }
  });

  it('answers probes by the state of the node', async () => {
    const url = await startServer(() => [], { state: 'Terminating', workersAlive: 2 });
    const health = await fetch(`${url}/health`);
    assert.deepEqual([health.status, ((await health.json()) as { status: string }).status], [200, 'healthy']);
    const ready = await fetch(`${url}/ready`);
    assert.deepEqual([ready.status, ((await ready.json()) as { status: string }).status], [503, 'not ready']);
  });

  it('knows nothing else', async () => {
    const url = await startServer(() => [], active);
    for (const path of ['/', '/metrics/x', '/api/v1/status', '/live']) {
      assert.equal((await fetch(url + path)).status, 404, path);
    }
    assert.equal((await fetch(`${url}/metrics`, { method: 'POST', body: 'x' })).status, 404);
  });

  it('answers 500 where the numbers cannot be read, and serves on', async () => {
    const url = await startServer(() => {
      throw new Error('no numbers');
    }, active);
    const response = await fetch(`${url}/metrics`);
    assert.deepEqual([response.status, await response.text()], [500, 'Internal error\n']);
    assert.equal((await fetch(`${url}/health`)).status, 200);
  });

  it('rejects an address that is taken', async () => {
    const url = new URL(await startServer(() => [], active));
    const second = openHttpListener({
      host: url.hostname,
      port: Number(url.port),
      fetch: () => new Response(''),
    });
    await assert.rejects(second, { code: 'EADDRINUSE' });
  });
});

describe('HTTP listener', () => {
  it('closes connections beyond its maximum and serves the others', async () => {
    const { address, close } = await openHttpListener({
      host: '127.0.0.1',
      port: 0,
      connectionsMax: 2,
      fetch: () => new Response('hello'),
    });
    closers.push(close);
    const sockets = [];
    for (let count = 0; count < 2; count += 1) {
      const socket = connect(address.port, address.host);
      await once(socket, 'connect');
      // An answer proves that the server has seen this connection before the next one comes.
      socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
      await once(socket, 'data');
      sockets.push(socket);
    }
    const third = connect(address.port, address.host);
    third.on('error', () => undefined);
    await once(third, 'close');
    sockets[0]!.destroy();
    sockets[1]!.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    assert.match(String((await once(sockets[1]!, 'data'))[0]), /^HTTP\/1.1 200/);
    sockets[1]!.destroy();
  });

  it('closes at once where nobody is being served, idle connections included', async () => {
    const { address, close } = await openHttpListener({
      host: '127.0.0.1',
      port: 0,
      fetch: () => new Response('hello'),
    });
    const socket = connect(address.port, address.host);
    socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    await once(socket, 'data');
    const closed = once(socket, 'close');
    await close();
    await closed;
    const refused = connect(address.port, address.host);
    await assert.rejects(once(refused, 'connect'), { code: 'ECONNREFUSED' });
  });
});

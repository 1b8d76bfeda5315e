import assert from 'node:assert/strict';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, describe, it } from 'node:test';
import { fetchList, redirectFault } from './fetch-list.ts';

const NONE = { etag: null, lastModified: null };
const servers: Server[] = [];

/** Starts a server of this machine; resolves with its URL. */
async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  const listening = Promise.withResolvers<void>();
  server.listen(0, '127.0.0.1', () => listening.resolve());
  await listening.promise;
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/list`;
}

after(() => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
});

async function faultOf(url: string, bytesMax = 1000, timeoutMs = 5000): Promise<string> {
  const answer = await fetchList({ url, timeoutMs, bytesMax, validators: NONE });
  assert.ok(!answer.ok);
  return answer.fault;
}

describe('fetching a list', () => {
  it('returns the octets and what names their version, and then hears that nothing has changed', async () => {
    const url = await serve((request, response) => {
      const known = request.headers['if-none-match'] === '"v1"';
      response.writeHead(known ? 304 : 200, { etag: '"v1"' });
      response.end(known ? undefined : '192.0.2.1\n');
    });
    const request = { url, timeoutMs: 5000, bytesMax: 1000 };
    const first = await fetchList({ ...request, validators: NONE });
    assert.ok(first.ok);
    assert.equal(first.value.bytes?.toString(), '192.0.2.1\n');
    assert.equal(first.value.validators.etag, '"v1"');
    const second = await fetchList({ ...request, validators: first.value.validators });
    assert.ok(second.ok);
    assert.equal(second.value.bytes, null);
  });

  it('follows redirects, but not for ever and not to plain HTTP elsewhere', async () => {
    const last = await serve((_, response) => void response.end('192.0.2.1'));
    const hop = await serve((_, response) => void response.writeHead(302, { location: last }).end());
    const answer = await fetchList({ url: hop, timeoutMs: 5000, bytesMax: 1000, validators: NONE });
    assert.ok(answer.ok);
    const loop = await serve((_, response) => void response.writeHead(302, { location: '/again' }).end());
    assert.match(await faultOf(loop), /redirects/);
    const away = await serve(
      (_, response) => void response.writeHead(302, { location: 'http://192.0.2.1/' }).end(),
    );
    assert.match(await faultOf(away), /https/);
    const file = await serve(
      (_, response) => void response.writeHead(301, { location: 'file:///etc/passwd' }).end(),
    );
    assert.match(await faultOf(file), /redirect/);
  });

  it('is not led to this machine by another one', () => {
    for (const to of [
      'http://127.0.0.1:9999/',
      'https://localhost./x',
      'https://a.localhost/',
      'http://[::1]/',
    ]) {
      assert.ok(redirectFault('https://lists.example/', to) !== null, to);
    }
    assert.equal(redirectFault('http://127.0.0.1/', 'http://[::1]/'), null);
    assert.equal(redirectFault('https://lists.example/', 'https://mirror.example/'), null);
  });

  it('does not believe that nothing has changed where it has nothing', async () => {
    const url = await serve((_, response) => void response.writeHead(304).end());
    assert.match(await faultOf(url), /304/);
  });

  it('gives up on an answer that is too large, too slow, cut off, or none', async () => {
    const large = await serve((_, response) => void response.end('x'.repeat(1001)));
    assert.match(await faultOf(large), /bytes_max/);
    const slow = await serve((_, response) => void response.write('192.0.2.1\n'));
    assert.match(await faultOf(slow, 1000, 200), /0\.2 seconds/);
    const cut = await serve((_, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('192.0.2.1\n', () => response.destroy());
    });
    assert.match(await faultOf(cut), /cannot be asked/);
    const wrong = await serve((_, response) => void response.writeHead(503).end('x'));
    assert.match(await faultOf(wrong), /503/);
    assert.match(await faultOf('http://127.0.0.1:1/'), /cannot be asked/);
  });
});

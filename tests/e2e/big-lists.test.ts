/** Large lists and address data: whom lists refuse and exempt, how they are renewed, and what a broken file does. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Settings } from '../support/node-config.ts';
import { createFolder, removeFolder } from '../support/node-process.ts';
import { Stand } from '../support/stand.ts';

const FEED_ENTRIES = 1_000_000;

let folder: string;
before(() => {
  folder = createFolder();
});
after(() => removeFolder(folder));

/** A list file in the folder of the tests. */
function write(name: string, lines: readonly string[]): string {
  const path = join(folder, name);
  writeFileSync(path, `${lines.join('\n')}\n`);
  return path;
}

/** A million different networks, none of them of this machine. */
function feed(): readonly string[] {
  return Array.from(
    { length: FEED_ENTRIES },
    (_, index) => `${128 + (index >>> 15)}.${(index >>> 7) & 255}.${(index << 1) & 255}.0/24`,
  );
}

async function isRefused(stand: Stand, from: string): Promise<boolean> {
  const wire = await stand.tcp({ from });
  wire.write('\0');
  try {
    // A node that admits the client waits for the rest of a handshake, or ends it with an alert.
    await wire.untilEnd();
    return wire.receivedBytes === 0;
  } finally {
    wire.close();
  }
}

/** Waits until a list has been renewed as often as it has to be for `entries`. */
async function untilEntries(stand: Stand, list: string, entries: number): Promise<void> {
  await stand.node.untilMetric('secbeat_list_entries', { list }, (value) => value === entries);
}

describe('large lists from files', () => {
  let stand: Stand;
  let bad: string;
  const settings = (): Settings => ({
    logging: { level: 'debug', access_log: true },
    network: { trusted_proxies: ['127.39.0.1'] },
    ddos: {
      rate_limiting: { requests_per_second: 1, burst_size: 0 },
      blacklist: { whitelist: ['127.30.0.7'] },
    },
    lists: [
      { name: 'feed', path: join(folder, 'feed') },
      { name: 'bad', path: bad, refresh_seconds: 1 },
      { name: 'friends', action: 'allow', path: join(folder, 'friends') },
    ],
  });

  before(async () => {
    write('feed', [...feed(), '127.30.0.0/24']);
    bad = write('bad', ['# title', '127.31.0.0/16', '127.32.0.0/24']);
    write('friends', ['127.31.5.0/24', '127.32.0.0/24', '127.33.0.1']);
    stand = await Stand.open({ settings: settings() });
  });
  after(() => stand.close());

  it('refuse their clients before TLS, and count them by list', async () => {
    assert.equal(await stand.node.metric('secbeat_list_entries', { list: 'feed' }), FEED_ENTRIES + 1);
    const wire = await stand.tcp({ from: '127.30.0.1' });
    await wire.untilEnd();
    assert.equal(wire.receivedBytes, 0);
    assert.equal(await stand.node.metric('secbeat_connections_refused_total', { reason: 'listed' }), 1);
    assert.equal(await stand.node.metric('secbeat_list_refusals_total', { list: 'feed' }), 1);
    assert.equal(await stand.node.metric('secbeat_list_refusals_total', { list: 'bad' }), 0);
    assert.ok((await stand.node.metric('secbeat_list_age_seconds', { list: 'feed' })) < 60);
  });

  for (const [from, why, admitted] of [
    ['127.30.0.7', 'the whitelist has the longer prefix', true],
    ['127.31.5.1', 'a list that allows has the longer prefix', true],
    ['127.31.6.1', 'only a list that denies holds it', false],
    ['127.32.0.1', 'both hold the same prefix', false],
    ['127.34.0.1', 'no list holds it', true],
  ] as const) {
    it(`${admitted ? 'admit' : 'refuse'} a client where ${why}`, async () => {
      if (admitted) assert.equal((await stand.request('GET', '/', {}, '', { from })).status, 200);
      else assert.ok(await isRefused(stand, from));
    });
  }

  it('exempt from limits whom they allow', async () => {
    for (let turn = 0; turn < 5; turn++) {
      assert.equal((await stand.request('GET', '/', {}, '', { from: '127.33.0.1' })).status, 200);
    }
  });

  it('refuse the client that a trusted proxy speaks for, and the log says which list', async () => {
    const fields = { 'X-Forwarded-For': '127.30.0.1' };
    assert.equal((await stand.request('GET', '/', fields, '', { from: '127.39.0.1' })).status, 403);
    await stand.node.untilLine(/forbidden_client.*listed: feed/);
  });

  it('are renewed when their file changes, and end connections of clients that are listed now', async () => {
    const wire = await stand.connect({ from: '127.35.0.1' });
    write('bad', ['127.31.0.0/16', '127.32.0.0/24', '127.35.0.1']);
    await wire.untilEnd();
    await untilEntries(stand, 'bad', 3);
    assert.ok(await isRefused(stand, '127.35.0.1'));
  });

  it('stay as they were when their file breaks, and the log says in which line', async () => {
    write('bad', ['127.36.0.1', 'oops']);
    await stand.node.untilLine(/stays in force.*line 2/);
    assert.ok(await isRefused(stand, '127.35.0.1'));
    assert.equal((await stand.request('GET', '/', {}, '', { from: '127.36.0.1' })).status, 200);
    await stand.node.untilMetric('secbeat_list_failures_total', { list: 'bad' }, (count) => count > 0);
    write('bad', ['127.36.0.1']);
    await untilEntries(stand, 'bad', 1);
    assert.ok(await isRefused(stand, '127.36.0.1'));
  });

  it('come and go with a reloaded configuration', async () => {
    await stand.node.reload({ lists: [{ name: 'other', path: write('other', ['127.37.0.1']) }] });
    await untilEntries(stand, 'other', 1);
    assert.ok(await isRefused(stand, '127.37.0.1'));
    assert.equal((await stand.request('GET', '/', {}, '', { from: '127.30.0.1' })).status, 200);
    assert.equal(await stand.node.metric('secbeat_list_entries', { list: 'feed' }), 0);
  });

  it('let a node start only when they can be read', async () => {
    const path = write('broken', ['127.0.0.1', 'x']);
    await assert.rejects(Stand.open({ settings: { lists: [{ name: 'broken', path }] } }), /broken.*line 2/);
    const lists = [{ name: 'broken', path: join(folder, 'nowhere') }];
    await assert.rejects(Stand.open({ settings: { lists } }), /nowhere.*ENOENT/);
  });
});

describe('large lists from servers', () => {
  let server: Server;
  let body = '127.41.0.1\n';
  const asked: (string | undefined)[] = [];

  before(async () => {
    server = createServer((request, response) => {
      asked.push(request.headers['if-none-match']);
      const etag = `"${body.length}"`;
      const known = request.headers['if-none-match'] === etag;
      response.writeHead(known ? 304 : 200, { etag }).end(known ? undefined : body);
    });
    const listening = Promise.withResolvers<void>();
    server.listen(0, '127.0.0.1', () => listening.resolve());
    await listening.promise;
  });
  after(() => server.close());

  it('are fetched, asked about by their version, renewed, and used after a restart without the server', async (t) => {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/feed`;
    const stand = await Stand.open({ settings: { lists: [{ name: 'web', url, refresh_seconds: 1 }] } });
    t.after(() => stand.close());
    await untilEntries(stand, 'web', 1);
    assert.ok(await isRefused(stand, '127.41.0.1'));
    body = '127.41.0.1\n127.42.0.1\n';
    await untilEntries(stand, 'web', 2);
    assert.ok(await isRefused(stand, '127.42.0.1'));
    assert.equal(asked[0], undefined);
    assert.ok(asked.includes('"11"'));
    body = '<html>The feed has moved</html>\n';
    await stand.node.untilLine(/stays in force.*line 1/);
    assert.ok(await isRefused(stand, '127.42.0.1'));
    server.closeAllConnections();
    server.close();
    await stand.restart('kill');
    assert.ok(await isRefused(stand, '127.42.0.1'));
    await stand.node.untilLine(/stays in force.*cannot be asked/);
    assert.equal(await stand.node.metric('secbeat_list_entries', { list: 'web' }), 2);
  });
});

describe('countries and networks', () => {
  it('are loaded before the node listens, and refuse the start where they cannot be read', async (t) => {
    const good = write('good.csv', ['192.0.2.0,192.0.2.255,DE']);
    const stand = await Stand.open({ settings: { geo: { enabled: true, country_paths: [good] } } });
    t.after(() => stand.close());
    await stand.node.untilLine(/Address data loaded.*country/);
    const bad = write('bad.csv', ['192.0.2.0,192.0.2.255,DE', '192.0.2.0']);
    const settings = { geo: { enabled: true, country_paths: [bad] } };
    await assert.rejects(Stand.open({ settings }), /geo\.country_paths.*line 2/);
  });
});

/** Limits on whatever a request can be told by: exact over four workers, kept over a reload, and told about. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { connect as connectTls } from 'node:tls';
import { TARPIT_MAX } from '../../src/mitigation/limits/tarpit.ts';
import { field, type Response, readResponse, requestText } from '../support/messages.ts';
import type { Settings } from '../support/node-config.ts';
import { type ClientOptions, Stand } from '../support/stand.ts';
import { Wire } from '../support/wire.ts';

/** So slow that nothing is refilled during a test. */
const SLOW = { rate: 0.001, burst: 3 };
const ALICE = '127.8.0.1';
const BOB = '127.8.0.2';
const CAROL = '127.8.1.1';
/** Where Carol is, to those who look addresses up. */
const COUNTRIES = '127.8.1.0,127.8.1.255,DE\n';

interface Asked extends ClientOptions {
  readonly method?: string;
  readonly fields?: Readonly<Record<string, string>>;
}

const NAMED: readonly Settings[] = [
  { name: 'by-client', path: '/client' },
  { name: 'by-prefix', path: '/prefix', keys: ['prefix'] },
  { name: 'by-header', path: '/header', keys: ['header:X-Key'] },
  { name: 'by-cookie', path: '/cookie', keys: ['cookie:sid'] },
  { name: 'by-path', path: '/paths', keys: ['path'] },
  { name: 'by-host', path: '/host', keys: ['host'] },
  { name: 'by-method', path: '/method', keys: ['method'] },
  { name: 'by-fingerprint', path: '/ja4', keys: ['ja4'] },
  { name: 'by-country', path: '/country', keys: ['country'] },
  { name: 'abroad', path: '/abroad', keys: ['client'], countries: ['de'] },
  { name: 'by-both', path: '/both', keys: ['client', 'header:X-Key'] },
  { name: 'writing', path: '/writing', methods: ['POST'] },
  { name: 'window', path: '/window', algorithm: 'sliding_window', count: 3, window_seconds: 3600 },
  { name: 'observed', path: '/observed', mode: 'observe' },
  { name: 'dropped', path: '/dropped', action: 'drop' },
  { name: 'held', path: '/held', action: 'tarpit', delay_ms: 1000 },
  { name: 'strict', path: '/strict', counts_as_violation: true },
];

let stand: Stand;
let folder: string;
before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'secbeat-limits-'));
  const countries = join(folder, 'countries.csv');
  writeFileSync(countries, COUNTRIES);
  stand = await Stand.open({
    workers: 4,
    settings: {
      limits: NAMED.map((limit) => ({ ...SLOW, ...limit })),
      waf: { enabled: false },
      geo: { enabled: true, country_paths: [countries] },
      ddos: { blacklist: { violation_threshold: 2 } },
    },
  });
});
after(async () => {
  await stand.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Requests over one connection, one after the other. */
async function askAll(path: string, times: number, asked: Asked = {}): Promise<readonly Response[]> {
  const { method = 'GET', fields = {}, ...client } = asked;
  const wire = await stand.connect({ from: ALICE, ...client });
  const responses: Response[] = [];
  for (let turn = 0; turn < times; turn++) {
    wire.write(requestText(method, path, fields, method === 'POST' ? 'a' : ''));
    responses.push(await readResponse(wire, method));
  }
  wire.close();
  return responses;
}

/** How many of as many requests pass. */
async function passing(path: string, times: number, asked: Asked = {}): Promise<number> {
  const responses = await askAll(path, times, asked);
  for (const { status } of responses) assert.ok(status === 200 || status === 429, `${path}: ${status}`);
  return responses.filter(({ status }) => status === 200).length;
}

describe('a limit', () => {
  it('is one over all workers and connections, and refuses with the time to wait', async () => {
    const counts = await Promise.all(Array.from({ length: 8 }, () => passing('/client/x', 4)));
    assert.equal(
      counts.reduce((sum, count) => sum + count, 0),
      SLOW.burst,
    );
    const [refused] = await askAll('/client', 1);
    assert.equal(refused?.status, 429);
    const seconds = Number(field(refused!, 'retry-after'));
    assert.ok(seconds > 900 && seconds <= 1000, `Retry-After: ${seconds}`);
    assert.equal(await passing('/client', 4, { from: BOB }), 3);
    assert.equal(await passing('/elsewhere', 10), 10);
  });

  it('counts by prefix, header, cookie, path, host or method', async () => {
    assert.equal(await passing('/prefix', 2), 2);
    assert.equal(await passing('/prefix', 4, { from: BOB }), 1);
    assert.equal(await passing('/prefix', 4, { from: CAROL }), 3);
    assert.equal(await passing('/header', 2, { fields: { 'X-Key': 'a' } }), 2);
    assert.equal(await passing('/header', 4, { fields: { 'x-key': 'a' }, from: BOB }), 1);
    assert.equal(await passing('/header', 4, { fields: { 'X-Key': 'b' } }), 3);
    assert.equal(await passing('/cookie', 2, { fields: { Cookie: 'a=b; sid=1' } }), 2);
    assert.equal(await passing('/cookie', 4, { fields: { Cookie: 'sid=1' }, from: BOB }), 1);
    assert.equal(await passing('/paths/a', 2), 2);
    assert.equal(await passing('/x/..//Paths/%61?b', 4, { from: BOB }), 1);
    assert.equal(await passing('/paths/b', 4), 3);
    assert.equal(await passing('/host', 2, { fields: { Host: 'one.example' } }), 2);
    assert.equal(await passing('/host', 4, { fields: { Host: 'ONE.example:443' }, from: BOB }), 1);
    assert.equal(await passing('/host', 4, { fields: { Host: 'two.example' } }), 3);
    assert.equal(await passing('/method', 4), 3);
    assert.equal(await passing('/method', 4, { method: 'HEAD' }), 3);
  });

  it('counts those who leave a header out by their client', async () => {
    assert.equal(await passing('/header', 4), 3);
    assert.equal(await passing('/header', 4, { fields: { 'X-Key': '' } }), 0);
    assert.equal(await passing('/header', 4, { from: BOB }), 3);
  });

  it('counts by fingerprint of the handshake', async () => {
    assert.equal(await passing('/ja4', 2), 2);
    assert.equal(await passing('/ja4', 4, { from: BOB }), 1);
    const { port } = stand.node;
    const old = { host: '127.0.0.1', port, localAddress: ALICE, maxVersion: 'TLSv1.2' } as const;
    const wire = new Wire(connectTls({ ...old, rejectUnauthorized: false, ALPNProtocols: ['http/1.1'] }));
    wire.write(requestText('GET', '/ja4'));
    assert.equal((await readResponse(wire)).status, 200);
    wire.close();
  });

  it('counts by country, and applies to some countries only', async () => {
    assert.equal(await passing('/country', 2, { from: CAROL }), 2);
    assert.equal(await passing('/country', 4, { from: '127.8.1.2' }), 1);
    assert.equal(await passing('/country', 4), 3);
    assert.equal(await passing('/abroad', 4, { from: CAROL }), 3);
    assert.equal(await passing('/abroad', 10), 10);
  });

  it('counts by a combination, and applies to some methods only', async () => {
    assert.equal(await passing('/both', 4, { fields: { 'X-Key': 'a' } }), 3);
    assert.equal(await passing('/both', 4, { fields: { 'X-Key': 'b' } }), 3);
    assert.equal(await passing('/both', 4, { fields: { 'X-Key': 'a' }, from: BOB }), 3);
    assert.equal(await passing('/writing', 10), 10);
    assert.equal(await passing('/writing', 3, { method: 'POST' }), 3);
    assert.equal(
      await stand.request('POST', '/writing', {}, 'a', { from: ALICE }).then((r) => r.status),
      429,
    );
  });

  it('counts in a window', async () => {
    assert.equal(await passing('/window', 10), 3);
  });

  it('is named in the log and the metrics', async () => {
    const known = stand.node.log.length;
    await passing('/client', 4, { from: '127.8.0.9' });
    const line = await stand.node.untilLine(/Request blocked client_ip=127\.8\.0\.9/, known);
    assert.match(line, /reason=limit .*detail="limit by-client on client"/);
    await stand.node.untilLine(/INFO: request client_ip=127\.8\.0\.9 .*reason=limit limit=by-client/, known);
    const labels = { limit: 'by-client', site: '', result: 'refused' };
    assert.ok((await stand.node.metric('secbeat_limited_requests_total', labels)) >= 1);
  });
});

describe('a limit that only observes', () => {
  it('lets everything pass, and tells what it would have refused', async () => {
    const known = stand.node.log.length;
    assert.equal(await passing('/observed', 5), 5);
    await stand.node.untilLine(/INFO: request .*status=200.*would_limit=observed/, known);
    const labels = { limit: 'observed', result: 'observed' };
    assert.equal(await stand.node.metric('secbeat_limited_requests_total', labels), 2);
  });
});

describe('a refused request', () => {
  it('may get no answer at all', async () => {
    assert.equal(await passing('/dropped', 3), 3);
    const wire = await stand.connect({ from: ALICE });
    wire.write(requestText('GET', '/dropped'));
    assert.equal((await wire.readToEnd()).length, 0);
  });

  it('may get its answer late, while others are answered at once', async () => {
    assert.equal(await passing('/held', 3), 3);
    const startMs = performance.now();
    const held = Promise.all(
      Array.from({ length: 20 }, async () => {
        const [response] = await askAll('/held', 1);
        return { status: response?.status, waitedMs: performance.now() - startMs };
      }),
    );
    assert.equal(await passing('/elsewhere', 5), 5);
    assert.ok(performance.now() - startMs < 900, 'not held up by those in the tarpit');
    for (const { status, waitedMs } of await held) {
      assert.equal(status, 429);
      assert.ok(waitedMs >= 950 && waitedMs < 5000, `${waitedMs} ms`);
    }
  });

  it('may give up its place in the tarpit by going away', async () => {
    const wire = await stand.connect({ from: ALICE });
    wire.write(requestText('GET', '/held'));
    wire.close();
    await stand.untilQuiet();
  });

  it('is answered at once where the tarpit is full', async (t) => {
    const other = await Stand.open({
      workers: 1,
      settings: {
        network: { tls: { enabled: false } },
        management: { shutdown_grace_period: 1 },
        limits: [{ name: 'held', rate: 0.001, burst: 1, action: 'tarpit', delay_ms: 60_000 }],
        ddos: { blacklist: { enabled: false } },
      },
    });
    t.after(() => other.close());
    assert.equal((await other.request()).status, 200);
    const wires: Wire[] = [];
    for (let count = 0; count < TARPIT_MAX; count++) {
      const wire = await other.connect();
      wire.write(requestText('GET', '/'));
      wires.push(wire);
    }
    const refused = { limit: 'held', result: 'refused' };
    await other.node.untilMetric('secbeat_limited_requests_total', refused, (value) => value === TARPIT_MAX);
    const startMs = performance.now();
    const answers = await Promise.all(Array.from({ length: 5 }, () => other.request()));
    assert.ok(performance.now() - startMs < 30_000);
    assert.deepEqual(
      answers.map(({ status }) => status),
      [429, 429, 429, 429, 429],
    );
    assert.ok(wires.every(({ receivedBytes }) => receivedBytes === 0));
  });

  it('may lead to a ban', async () => {
    const from = '127.8.0.7';
    const known = stand.node.log.length;
    assert.equal(await passing('/strict', 5, { from }).catch(() => 3), 3);
    await stand.node.untilLine(/Client banned.*ip=127\.8\.0\.7.*reason=limit/, known);
    await assert.rejects(stand.connect({ from }));
  });
});

describe('a reload', () => {
  it('keeps levels while rates change, brings limits and takes them away', async (t) => {
    const limits = (...all: readonly Settings[]): Settings => ({ limits: all });
    const other = await Stand.open({ settings: limits({ name: 'a', ...SLOW }) });
    t.after(() => other.close());
    const wire = await other.connect();
    const count = async (times: number): Promise<number> => {
      let passed = 0;
      for (let turn = 0; turn < times; turn++) {
        wire.write(requestText('GET', '/'));
        if ((await readResponse(wire)).status === 200) passed++;
      }
      return passed;
    };
    const reload = async (revision: number, settings: Settings): Promise<void> => {
      await other.node.reload(settings);
      await other.node.untilMetric('secbeat_policy_revision', {}, (value) => value === revision);
    };
    assert.equal(await count(5), 3);
    await reload(2, limits({ name: 'a', rate: 0.002, burst: 5 }));
    assert.equal(await count(5), 2);
    await reload(3, limits({ name: 'b', rate: 0.001, burst: 1 }, { name: 'a', rate: 0.001, burst: 9 }));
    assert.equal(await count(5), 1);
    await reload(4, { limits: [] });
    assert.equal(await count(5), 5);
    await reload(5, limits({ name: 'a', rate: 0.001, burst: 6 }));
    assert.equal(await count(5), 0);
  });
});

describe('a limit of a site', () => {
  it('applies to requests of that site only', async (t) => {
    const other = await Stand.open({ settings: { waf: { enabled: false } } });
    t.after(() => other.close());
    const origins = [{ url: `http://127.0.0.1:${other.origin.port}` }];
    const sites = ['shop', 'blog'].map((name) => ({ name, hosts: [`${name}.example`], origins }));
    const limited = sites.map((site) => ({ ...site, limits: [{ name: 'a', ...SLOW, keys: ['path'] }] }));
    await other.node.reload({ sites: [limited[0]!, sites[1]!] });
    await other.node.untilMetric('secbeat_policy_revision', {}, (value) => value === 2);
    const statuses = async (host: string): Promise<readonly number[]> => {
      const found: number[] = [];
      for (let turn = 0; turn < 5; turn++) {
        found.push((await other.request('GET', '/', { Host: host })).status);
      }
      return found;
    };
    assert.deepEqual(await statuses('shop.example'), [200, 200, 200, 429, 429]);
    assert.deepEqual(await statuses('blog.example'), [200, 200, 200, 200, 200]);
    const labels = { limit: 'a', site: 'shop', result: 'refused' };
    assert.equal(await other.node.metric('secbeat_limited_requests_total', labels), 2);
    await other.node.reload({ sites: limited });
    await other.node.untilMetric('secbeat_policy_revision', {}, (value) => value === 3);
    assert.deepEqual(await statuses('shop.example'), [429, 429, 429, 429, 429]);
    assert.deepEqual(await statuses('blog.example'), [200, 200, 200, 429, 429]);
  });
});

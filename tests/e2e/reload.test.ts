/** A changed configuration: in force for the next request, without a lost connection, or refused as a whole. */
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import type { TLSSocket } from 'node:tls';
import { readResponse, requestText, responseText } from '../support/messages.ts';
import { Stand } from '../support/stand.ts';
import { SteadyClient } from '../support/steady-client.ts';
import { until } from '../support/until.ts';
import type { Wire } from '../support/wire.ts';

async function statuses(wire: Wire, count: number): Promise<readonly number[]> {
  wire.write(requestText('GET', '/').repeat(count));
  const found: number[] = [];
  for (let turn = 0; turn < count; turn++) found.push((await readResponse(wire)).status);
  return found;
}

it('applies a changed whitelist to open connections too, in both directions', async (t) => {
  const from = '127.6.0.1';
  const stand = await Stand.open({
    settings: {
      ddos: {
        rate_limiting: { requests_per_second: 1, burst_size: 1 },
        blacklist: { enabled: false, whitelist: [from] },
      },
    },
  });
  t.after(() => stand.close());
  const wire = await stand.connect({ from });
  assert.deepEqual(await statuses(wire, 6), [200, 200, 200, 200, 200, 200]);
  await stand.node.reload({ ddos: { blacklist: { whitelist: [] } } });
  assert.equal((await statuses(wire, 6)).filter((status) => status === 429).length, 4);
  await stand.node.reload({ ddos: { blacklist: { whitelist: [from] } } });
  assert.deepEqual(await statuses(wire, 6), [200, 200, 200, 200, 200, 200]);
});

it('applies a changed log level', async (t) => {
  const stand = await Stand.open();
  t.after(() => stand.close());
  await stand.node.reload({ logging: { level: 'error' } });
  await stand.node.manage('POST', '/api/v1/blacklist', { ip: '192.0.2.1' });
  await stand.node.manage('DELETE', '/api/v1/blacklist/192.0.2.1');
  await stand.node.reload({ network: { backend_addr: 'nonsense' } });
  const lines = stand.node.log.filter(
    (line) => / INFO: /.test(line) && /Management request|Client banned/.test(line),
  );
  assert.deepEqual(lines, []);
});

it('applies a change to the next request of an open connection', async (t) => {
  const stand = await Stand.open();
  t.after(() => stand.close());
  const wire = await stand.connect();
  wire.write(requestText('GET', '/'));
  assert.equal((await readResponse(wire)).status, 200);
  const line = await stand.node.reload({ http: { target_bytes_max: 100 } });
  assert.match(line, /INFO: Configuration reloaded revision=2 applied=.*http\.target_bytes_max/);
  await stand.node.untilMetric('secbeat_policy_revision', {}, (revision) => revision === 2);
  wire.write(requestText('GET', `/${'a'.repeat(200)}`));
  assert.equal((await readResponse(wire)).status, 414);
});

it('finishes a request at the old origin, and sends the next one to the new', async (t) => {
  const stand = await Stand.open();
  t.after(() => stand.close());
  const held = Promise.withResolvers<Wire>();
  stand.origin.respond(async (request, wire) => {
    if (request.target === '/held') held.resolve(wire);
    else wire.write(responseText('old origin'));
  });
  const wire = await stand.connect();
  wire.write(requestText('GET', '/held'));
  const origin = await held.promise;
  const other = await Stand.open();
  t.after(() => other.close());
  other.origin.respond(() => responseText('new origin'));
  await stand.node.reload({ network: { backend_addr: `127.0.0.1:${other.origin.port}` } });
  origin.write(responseText('old origin'));
  assert.equal((await readResponse(wire)).body.toString(), 'old origin');
  wire.write(requestText('GET', '/next'));
  assert.equal((await readResponse(wire)).body.toString(), 'new origin');
});

it('keeps connections, buckets, bans and counters', async (t) => {
  const stand = await Stand.open({
    settings: {
      ddos: {
        rate_limiting: { requests_per_second: 1, burst_size: 4 },
        blacklist: { violation_threshold: 50 },
      },
    },
  });
  t.after(() => stand.close());
  const from = '127.6.1.1';
  const wire = await stand.connect({ from });
  assert.equal((await statuses(wire, 10)).filter((status) => status === 200).length, 5);
  await stand.node.manage('POST', '/api/v1/blacklist', { ip: '127.6.1.2' });
  const figures = async (): Promise<readonly number[]> => [
    await stand.node.metric('secbeat_requests_total'),
    await stand.node.metric('secbeat_bans_active'),
    await stand.node.metric('secbeat_connections_active'),
  ];
  const before = await figures();
  assert.deepEqual(before, [10, 1, 1]);
  const startMs = performance.now();
  for (let turn = 0; turn < 3; turn++) {
    await stand.node.reload({
      http: { idle_timeout_seconds: 70 + turn },
      ddos: { blacklist: { violation_threshold: 51 + turn } },
    });
  }
  assert.deepEqual(await figures(), before);
  const refilled = Math.ceil((performance.now() - startMs) / 1000) + 1;
  assert.ok((await statuses(wire, 10)).filter((status) => status === 200).length <= refilled);
  await assert.rejects(stand.connect({ from: '127.6.1.2' }));
});

/** Broken files, and the words with which the place of the fault is named. */
const BROKEN: readonly (readonly [string, (toml: string) => string, RegExp])[] = [
  ['is no TOML', (toml) => `${toml}\n[ddos\n`, /node\.toml/],
  [
    'has an unknown key',
    (toml) => `${toml}\n[upstream]\nconections_max = 3\n`,
    /upstream\.conections_max.*connections_max/,
  ],
  [
    'has a value out of range',
    (toml) => `${toml}\n[upstream]\nconnections_max = 0\n`,
    /upstream\.connections_max/,
  ],
  [
    'has a pattern that does not compile',
    (toml) => `${toml}\n[waf.attack_patterns]\ncustom_patterns = ["(a"]\n`,
    /custom_patterns|pattern_/,
  ],
];

for (const [name, breakIt, place] of BROKEN) {
  it(`refuses a file that ${name} as a whole, and says where`, async (t) => {
    const stand = await Stand.open();
    t.after(() => stand.close());
    const wire = await stand.connect();
    const { node } = stand;
    const toml = readFileSync(node.configPath, 'utf8').replace(
      'shutdown_grace_period = 10',
      'shutdown_grace_period = 11',
    );
    writeFileSync(node.configPath, breakIt(toml));
    node.signal('SIGHUP');
    assert.match(await node.untilLine(/ERROR: Configuration refused/), place);
    const answer = await node.manage('POST', '/config/reload');
    assert.ok(answer.status >= 400 && answer.status < 500, `${answer.status}`);
    assert.match(JSON.stringify(answer.body), place);
    assert.equal(await node.metric('secbeat_policy_revision'), 1);
    assert.deepEqual(await statuses(wire, 2), [200, 200]);
    writeFileSync(node.configPath, toml);
    assert.equal((await node.manage('POST', '/config/reload')).status, 200);
    assert.equal(await node.metric('secbeat_policy_revision'), 2);
  });
}

it('refuses a certificate that does not fit its key, and keeps the old one', async (t) => {
  const stand = await Stand.open();
  t.after(() => stand.close());
  const { certificate } = await foreignPair();
  writeFileSync(join(stand.node.folder, 'cert.pem'), certificate);
  assert.match(await stand.node.reload({}), /ERROR: Configuration refused.*cert/);
  assert.equal((await stand.request()).status, 200);
});

it('loses no request of 600 over five reloads, one of which replaces the certificate', async (t) => {
  const stand = await Stand.open();
  t.after(() => stand.close());
  const pair = await foreignPair();
  const before = await fingerprint(stand);
  const kept = await stand.connect();
  const load = new SteadyClient({ connect: () => stand.connect(), perSecond: 200, freshEvery: 10 });
  for (let turn = 0; turn < 5; turn++) {
    const enough = 100 * (turn + 1);
    await until(
      `${enough} answers`,
      () => load.answered,
      (count) => count >= enough,
    );
    if (turn === 2) {
      writeFileSync(join(stand.node.folder, 'key.pem'), pair.key);
      writeFileSync(join(stand.node.folder, 'cert.pem'), pair.certificate);
    }
    assert.match(
      await stand.node.reload({ http: { idle_timeout_seconds: 50 + turn } }),
      /INFO: Configuration reloaded/,
    );
  }
  await until(
    '600 answers',
    () => load.answered,
    (count) => count >= 600,
  );
  const report = await load.stop();
  assert.deepEqual(report.faults, []);
  assert.equal(report.answered, report.sent);
  assert.deepEqual(await statuses(kept, 1), [200]);
  const after = await fingerprint(stand);
  assert.notEqual(after, before);
  assert.equal(after, new X509Certificate(pair.certificate).fingerprint256);
});

async function fingerprint(stand: Stand): Promise<string> {
  const wire = await stand.connect();
  const seen = (wire.socket as TLSSocket).getPeerCertificate().fingerprint256;
  wire.close();
  return seen;
}

/** A certificate and key that another node has made for itself. */
async function foreignPair(): Promise<{ readonly certificate: string; readonly key: string }> {
  const other = await Stand.open({ workers: 1 });
  const read = (name: string): string => readFileSync(join(other.node.folder, name), 'utf8');
  const pair = { certificate: read('cert.pem'), key: read('key.pem') };
  await other.close();
  return pair;
}

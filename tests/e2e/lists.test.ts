/** Whitelist and blacklist: which of two prefixes decides, what each exempts from, and clients of IPv6. */
import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { field, readResponse, requestText } from '../support/messages.ts';
import { Stand } from '../support/stand.ts';
import { until } from '../support/until.ts';

let stand: Stand;
before(async () => {
  stand = await Stand.open({
    settings: {
      ddos: {
        rate_limiting: { requests_per_second: 1, burst_size: 1 },
        connection_limits: { max_connections_per_ip: 2 },
        blacklist: {
          violation_threshold: 3,
          manual_blacklist: ['127.8.0.0/16', '127.8.1.1', '127.9.0.0/24', '127.10.0.1/32', '127.11.0.1'],
          whitelist: ['127.8.1.0/24', '127.9.0.0/24', '127.10.0.0/16', '127.11.0.0/31', '127.12.0.1'],
        },
      },
    },
  });
});
after(() => stand.close());

const PRECEDENCE: readonly (readonly [string, string, boolean])[] = [
  ['127.8.0.1', 'only the blacklist holds it', false],
  ['127.8.1.2', 'the whitelist has the longer prefix', true],
  ['127.8.1.1', 'the blacklist has the longest of three', false],
  ['127.9.0.1', 'both hold the same prefix', false],
  ['127.10.0.1', 'the blacklist names the address', false],
  ['127.10.0.2', 'only the whitelist holds it', true],
  ['127.11.0.0', 'its neighbour is denied', true],
  ['127.11.0.1', 'the longer prefix ends in the last bit', false],
  ['127.13.0.1', 'no list holds it', true],
];

for (const [from, why, admitted] of PRECEDENCE) {
  it(`${admitted ? 'admits' : 'refuses'} a client where ${why}`, async () => {
    const before = await stand.node.metric('secbeat_connections_refused_total', {
      reason: 'manual_blacklist',
    });
    if (admitted) {
      assert.equal((await stand.request('GET', '/', {}, '', { from })).status, 200);
      return;
    }
    const wire = await stand.tcp({ from });
    await wire.untilEnd();
    assert.equal(wire.receivedBytes, 0);
    const after = await stand.node.metric('secbeat_connections_refused_total', {
      reason: 'manual_blacklist',
    });
    assert.equal(after, before + 1);
  });
}

it('exempts the whitelist from limits and bans, and nobody else', async () => {
  const wires = await Promise.all(Array.from({ length: 6 }, () => stand.connect({ from: '127.12.0.1' })));
  for (const wire of wires) {
    wire.write(requestText('GET', '/').repeat(5));
    for (let turn = 0; turn < 5; turn++) assert.equal((await readResponse(wire)).status, 200);
    wire.close();
  }
  const from = '127.12.0.2';
  for (let turn = 0; turn < 2; turn++) await stand.connect({ from });
  await assert.rejects(stand.connect({ from }));
});

it('inspects what the whitelist sends all the same', async () => {
  const response = await stand.request('GET', '/?q=<script>', {}, '', { from: '127.12.0.1' });
  assert.equal(response.status, 403);
});

it('judges the client that a trusted proxy speaks for, not the proxy', async () => {
  await stand.node.reload({ network: { trusted_proxies: ['127.14.0.1'] } });
  const ask = (claimed: string) =>
    stand.request('GET', '/', { 'X-Forwarded-For': claimed }, '', { from: '127.14.0.1' });
  assert.equal((await ask('127.8.0.1')).status, 403);
  assert.equal((await ask('203.0.113.9')).status, 200);
  assert.equal((await ask('203.0.113.9')).status, 200);
  assert.equal((await ask('203.0.113.9')).status, 429);
  assert.equal((await ask('203.0.113.10')).status, 200);
});

it('counts the addresses of one IPv6 network of 64 bits as one client', async () => {
  const ask = (claimed: string) =>
    stand.request('GET', '/', { 'X-Forwarded-For': claimed }, '', { from: '127.14.0.1' });
  const statuses: number[] = [];
  for (let host = 1; host <= 4; host++) statuses.push((await ask(`2001:db8:0:1::${host}`)).status);
  assert.deepEqual(statuses, [200, 200, 429, 429]);
  assert.equal((await ask('2001:db8:0:2::1')).status, 200);
  const refused = await ask('2001:db8:0:1:ffff:ffff:ffff:ffff');
  assert.equal(refused.status, 429);
  assert.notEqual(field(refused, 'retry-after'), null);
  const bans = await until(
    'ban',
    async () => (await stand.node.manage('GET', '/api/v1/blacklist')).body.bans as readonly { ip: string }[],
    (list) => list.length > 0,
  );
  assert.deepEqual(
    bans.map(({ ip }) => ip),
    ['2001:db8:0:1::/64'],
  );
  assert.equal((await ask('2001:db8:0:1::abcd')).status, 403);
});

it('serves IPv6, limits and bans it, and lists it', async (t) => {
  const six = await Stand.open({
    settings: {
      network: { listen_addr: '[::1]:0' },
      ddos: { connection_limits: { max_connections_per_ip: 2 } },
    },
  });
  t.after(() => six.close());
  const to = '::1';
  const wires = [await six.connect({ to }), await six.connect({ to })];
  await assert.rejects(six.connect({ to }));
  wires[0]!.write(requestText('GET', '/'));
  assert.equal((await readResponse(wires[0]!)).status, 200);
  assert.equal(field(six.origin.requests.at(-1)!, 'x-forwarded-for'), '::1');
  await six.node.manage('POST', '/api/v1/blacklist', { ip: '::1', duration_seconds: 60 });
  await Promise.all(wires.map((wire) => wire.untilEnd()));
  await assert.rejects(six.connect({ to }));
  const lifted = await six.node.manage('DELETE', '/api/v1/blacklist/::1');
  assert.equal(lifted.status, 200);
  (await six.connect({ to })).close();
  await six.node.reload({ ddos: { blacklist: { manual_blacklist: ['::/0'] } } });
  await assert.rejects(six.connect({ to }));
});

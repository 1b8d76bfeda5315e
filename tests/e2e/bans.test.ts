/** Bans: how they come about, what they do to open connections, and how long they last. */
import assert from 'node:assert/strict';
import { it, type TestContext } from 'node:test';
import { field, readResponse, requestText } from '../support/messages.ts';
import type { Settings } from '../support/node-config.ts';
import { Stand } from '../support/stand.ts';
import { until } from '../support/until.ts';

interface Ban {
  readonly ip: string;
  readonly reason: string;
  readonly source: string;
  readonly banned_at: string;
  readonly expires_at: string;
  readonly repeats: number;
}

const THRESHOLD = 5;
/** The third request of a client is the first that is refused. */
const RATE_LIMITING = { requests_per_second: 1, burst_size: 1 };

async function openStand(t: TestContext, blacklist: Settings = {}, settings: Settings = {}): Promise<Stand> {
  const stand = await Stand.open({
    settings: {
      ...settings,
      ddos: {
        rate_limiting: RATE_LIMITING,
        blacklist: { violation_threshold: THRESHOLD, ...blacklist },
      },
    },
  });
  t.after(() => stand.close());
  return stand;
}

async function bans(stand: Stand): Promise<readonly Ban[]> {
  return (await stand.node.manage('GET', '/api/v1/blacklist')).body.bans as readonly Ban[];
}

/** The ban of a client, once the list has the one of that number. */
async function banOf(stand: Stand, ip: string, repeats = 1): Promise<Ban> {
  const found = await until(
    `ban ${repeats} of ${ip}`,
    async () => (await bans(stand)).find((ban) => ban.ip === ip && ban.repeats === repeats) ?? null,
    (ban) => ban !== null,
  );
  return found!;
}

/** Sends requests over one connection until the node closes it; returns what they were answered with. */
async function misbehave(stand: Stand, from: string): Promise<readonly number[]> {
  const wire = await stand.connect({ from });
  wire.write(requestText('GET', '/').repeat(2 + THRESHOLD + 10));
  const text = (await wire.readToEnd()).toString('latin1');
  return [...text.matchAll(/HTTP\/1\.1 (\d+) /g)].map((match) => Number(match[1]));
}

async function assertShutOut(stand: Stand, from: string): Promise<void> {
  const wire = await stand.tcp({ from });
  await wire.untilEnd();
  assert.equal(wire.receivedBytes, 0, 'a banned client gets no octet');
}

/** Tries until the client is let in again. */
async function untilLetIn(stand: Stand, from: string): Promise<void> {
  await until(
    `connection from ${from}`,
    () =>
      stand.connect({ from }).then(
        (wire) => {
          wire.close();
          return true;
        },
        () => false,
      ),
    (admitted) => admitted,
  );
}

const secondsOf = (ban: Ban): number => (Date.parse(ban.expires_at) - Date.parse(ban.banned_at)) / 1000;

it('bans a client at the threshold, closes its connections and refuses new ones without an octet', async (t) => {
  const stand = await openStand(t);
  const from = '127.5.1.1';
  const bystander = await stand.connect({ from: '127.5.1.2' });
  const open = await Promise.all(Array.from({ length: 4 }, () => stand.connect({ from })));
  const statuses = await misbehave(stand, from);
  assert.deepEqual(statuses.slice(0, 2), [200, 200]);
  assert.ok(
    statuses.slice(2).every((status) => status === 429),
    `${statuses}`,
  );
  // The end of the connection may overtake the last answers; how many violations there were, the log tells.
  assert.ok(statuses.length > 2, `${statuses}`);
  await Promise.all(open.map((wire) => wire.untilEnd()));
  const ban = await banOf(stand, from);
  assert.deepEqual(
    [ban.reason, ban.source, ban.repeats, secondsOf(ban)],
    ['rate_limit', 'automatic', 1, 3600],
  );
  for (let turn = 0; turn < 3; turn++) await assertShutOut(stand, from);
  assert.equal(await stand.node.metric('secbeat_connections_refused_total', { reason: 'banned' }), 3);
  assert.equal(await stand.node.metric('ddos_blacklist_additions'), 1);
  assert.equal(await stand.node.metric('secbeat_bans_active'), 1);
  const line = stand.node.log.filter((text) => /WARN: Client banned /.test(text));
  assert.equal(line.length, 1);
  assert.match(line[0]!, / ip=127\.5\.1\.1 violations=5 duration_seconds=3600 /);
  bystander.write(requestText('GET', '/'));
  assert.equal((await readResponse(bystander)).status, 200);
});

it('does not ban below the threshold, nor where bans are switched off', async (t) => {
  const stand = await openStand(t);
  const below = await stand.connect({ from: '127.5.2.1' });
  const count = 2 + THRESHOLD - 1;
  below.write(requestText('GET', '/').repeat(count));
  for (let turn = 0; turn < count; turn++) await readResponse(below);
  await stand.node.reload({ ddos: { blacklist: { enabled: false } } });
  const off = await stand.connect({ from: '127.5.2.2' });
  off.write(requestText('GET', '/').repeat(50));
  for (let turn = 0; turn < 50; turn++) await readResponse(off);
  assert.deepEqual(await bans(stand), []);
});

it('counts connections over the limit as violations', async (t) => {
  const stand = await Stand.open({
    settings: {
      ddos: {
        connection_limits: { max_connections_per_ip: 1 },
        blacklist: { violation_threshold: THRESHOLD },
      },
    },
  });
  t.after(() => stand.close());
  const from = '127.5.3.1';
  const held = await stand.connect({ from });
  for (let turn = 0; turn < THRESHOLD; turn++) await (await stand.tcp({ from })).untilEnd();
  await held.untilEnd();
  assert.equal((await banOf(stand, from)).reason, 'connection_limit');
});

it('ends a ban by itself, and makes each further one of the same client twice as long', async (t) => {
  const stand = await openStand(t, { blacklist_duration: 1, escalation_multiplier: 2 });
  const from = '127.5.4.1';
  for (const [repeats, seconds] of [
    [1, 1],
    [2, 2],
  ] as const) {
    const startMs = performance.now();
    await misbehave(stand, from);
    assert.equal(secondsOf(await banOf(stand, from, repeats)), seconds);
    await untilLetIn(stand, from);
    const lastedMs = performance.now() - startMs;
    assert.ok(lastedMs >= seconds * 1000, `${lastedMs} ms`);
    await until(
      'end of the ban in the list',
      () => bans(stand),
      (list) => list.length === 0,
    );
  }
  await misbehave(stand, from);
  assert.equal(secondsOf(await banOf(stand, from, 3)), 4);
  assert.equal((await stand.node.manage('DELETE', `/api/v1/blacklist/${from}`)).status, 200);
  await untilLetIn(stand, from);
  await misbehave(stand, from);
  assert.equal(secondsOf(await banOf(stand, from)), 1, 'a lifted ban is forgotten');
});

it('never bans for longer than the maximum', async (t) => {
  const stand = await openStand(t, {
    blacklist_duration: 2,
    escalation_multiplier: 100,
    max_blacklist_duration_seconds: 3,
  });
  const from = '127.5.5.1';
  await misbehave(stand, from);
  await untilLetIn(stand, from);
  await misbehave(stand, from);
  assert.equal(secondsOf(await banOf(stand, from, 2)), 3);
});

it('keeps bans over a planned restart and over a crash, with their ends and their repeats', async (t) => {
  const stand = await openStand(t, { blacklist_duration: 600 });
  const automatic = '127.5.6.1';
  await misbehave(stand, automatic);
  const { node } = stand;
  await node.manage('POST', '/api/v1/blacklist', {
    ip: '127.5.7.0/24',
    duration_seconds: 900,
    reason: 'test',
  });
  await node.manage('POST', '/api/v1/blacklist', { ip: '127.5.8.1' });
  await banOf(stand, automatic);
  await node.manage('DELETE', '/api/v1/blacklist/127.5.8.1');
  const before = await bans(stand);
  assert.deepEqual(
    before.map(({ ip }) => ip),
    [automatic, '127.5.7.0/24'],
  );
  for (const end of ['stop', 'kill'] as const) {
    // A ban has to be a second old to outlive a crash.
    const newestMs = Math.max(...before.map((ban) => Date.parse(ban.banned_at)));
    await until(
      'second',
      () => Date.now(),
      (nowMs) => nowMs > newestMs + 1000,
    );
    await stand.restart(end);
    assert.deepEqual(await bans(stand), before, `behind ${end}`);
    await assertShutOut(stand, automatic);
    await assertShutOut(stand, '127.5.7.9');
    await untilLetIn(stand, '127.5.8.1');
  }
});

it('bans and frees a prefix by hand, and closes the open connections within', async (t) => {
  const stand = await openStand(t);
  const inside = await Promise.all(['127.5.9.1', '127.5.9.255'].map((from) => stand.connect({ from })));
  const outside = await stand.connect({ from: '127.5.10.0' });
  const added = await stand.node.manage('POST', '/api/v1/blacklist', {
    ip: '127.5.9.0/24',
    duration_seconds: 60,
    reason: 'by hand',
  });
  assert.equal(added.status, 200);
  assert.equal(added.body.success, true);
  assert.ok(Math.abs(Date.parse(String(added.body.expires_at)) - Date.now() - 60_000) < 5000);
  await Promise.all(inside.map((wire) => wire.untilEnd()));
  for (const from of ['127.5.9.0', '127.5.9.1', '127.5.9.255']) await assertShutOut(stand, from);
  outside.write(requestText('GET', '/'));
  assert.equal((await readResponse(outside)).status, 200);
  await untilLetIn(stand, '127.5.8.255');
  assert.equal((await stand.node.manage('DELETE', '/api/v1/blacklist/127.5.9.0/24')).status, 200);
  assert.equal((await stand.node.manage('DELETE', '/api/v1/blacklist/127.5.9.0%2F24')).status, 404);
  for (const from of ['127.5.9.1', '127.5.9.255']) await untilLetIn(stand, from);
});

it('ends a manual ban when its time is over', async (t) => {
  const stand = await openStand(t);
  for (const [ip, from] of [
    ['127.5.11.1', '127.5.11.1'],
    ['127.5.12.0/24', '127.5.12.9'],
  ] as const) {
    await stand.node.manage('POST', '/api/v1/blacklist', { ip, duration_seconds: 1 });
    await assertShutOut(stand, from);
    await untilLetIn(stand, from);
  }
});

it('lets nobody see, add or lift bans without the token, and refuses what is no address', async (t) => {
  const stand = await openStand(t);
  const { node } = stand;
  for (const token of [null, '', 'wrong', node.token.slice(1), `${node.token}x`]) {
    for (const [method, path, body] of [
      ['GET', '', undefined],
      ['POST', '', { ip: '127.5.13.1' }],
      ['DELETE', '/127.5.13.1', undefined],
    ] as const) {
      const { status } = await node.manage(method, `/api/v1/blacklist${path}`, body, token);
      assert.ok(status === 401 || status === 429, `${method} with ${token}: ${status}`);
    }
  }
  assert.deepEqual(await bansWithPatience(stand), []);
  for (const ip of ['nonsense', '127.5.13', '127.5.13.1/33', '2001:db8::/129', '']) {
    const { status } = await node.manage('POST', '/api/v1/blacklist', { ip });
    assert.ok(status === 400 || status === 422, `${ip}: ${status}`);
  }
  const { status } = await node.manage('DELETE', '/api/v1/blacklist/127.5.13.1');
  assert.equal(status, 404);
});

/** The list of bans, once the API hears the holder of the token again. */
async function bansWithPatience(stand: Stand): Promise<readonly Ban[]> {
  const answer = await until(
    'answer to the token',
    () => stand.node.manage('GET', '/api/v1/blacklist'),
    ({ status }) => status === 200,
  );
  return answer.body.bans as readonly Ban[];
}

it('refuses the banned client behind a trusted proxy, and serves the others', async (t) => {
  const stand = await openStand(t, {}, { network: { trusted_proxies: ['127.5.14.1'] } });
  const ask = (claimed: string) =>
    stand.request('GET', '/', { 'X-Forwarded-For': claimed }, '', { from: '127.5.14.1' });
  await stand.node.manage('POST', '/api/v1/blacklist', { ip: '203.0.113.0/25' });
  const refused = await ask('203.0.113.1');
  assert.equal(refused.status, 403);
  assert.match(field(refused, 'x-request-id') ?? '', /./);
  assert.equal((await ask('203.0.113.200')).status, 200);
});

it('ends a connection that was still in its handshake when its client was banned', async (t) => {
  const stand = await Stand.open();
  t.after(() => stand.close());
  const from = '127.5.0.1';
  const raw = await stand.tcp({ from });
  // Whoever connects later is in: so the first connection has been admitted before the ban.
  await stand.request('GET', '/', {}, '', { from });
  await stand.node.manage('POST', '/api/v1/blacklist', { ip: from, duration_seconds: 60 });
  const answered = raw.secure().then(async (wire) => {
    wire.write(requestText('GET', '/'));
    return (await readResponse(wire)).status;
  });
  const outcome = await Promise.race([answered.catch(() => 'closed'), raw.untilEnd().then(() => 'closed')]);
  assert.equal(outcome, 'closed');
  assert.equal(stand.origin.requests.length, 1);
});

/** What a node does with policy and modes of its fleet, seen by its clients, its operator and its orchestrator. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { HeartbeatRequest } from '../../src/messages/heartbeat-request.ts';
import { DecidingFleet, NODE_ID } from '../support/deciding-fleet.ts';
import { Stand } from '../support/stand.ts';

/** Requests with a longer target get 414: a limit whose edge is sharp. */
const targets = (bytes: number): string => `[http]\ntarget_bytes_max = ${bytes}\n`;
/** Does not hold where one client may have more connections. */
const connections = (total: number): string => `[ddos.connection_limits]\nmax_total_connections = ${total}\n`;

describe('a node of a fleet', { timeout: 120_000 }, () => {
  let fleet: DecidingFleet;
  let stand: Stand;
  beforeEach(async () => {
    fleet = await DecidingFleet.open();
    const settings = {
      orchestrator: {
        enabled: true,
        server_url: fleet.url,
        group: 'edge',
        node_id: NODE_ID,
        registration: { retry_interval: 1 },
      },
      http: { target_bytes_max: 500 },
      ddos: { rate_limiting: { requests_per_second: 10, burst_size: 90 } },
      limits: [{ name: 'uploads', path: '/up', rate: 0.01, burst: 8 }],
    };
    stand = await Stand.open({ workers: 1, settings });
    await fleet.untilBeat('first policy', ({ applied_revision }) => applied_revision === 0);
  });
  afterEach(async () => {
    await stand.close();
    await fleet.close();
  });

  const applied = (revision: number): Promise<HeartbeatRequest> =>
    fleet.untilBeat(`revision ${revision} applied`, ({ applied_revision: is }) => is === revision);
  const statusOf = async (target: string): Promise<number> => (await stand.request('GET', target)).status;
  const ofBytes = (bytes: number): Promise<number> => statusOf(`/${'a'.repeat(bytes - 1)}`);
  const policyOf = async (): Promise<unknown> =>
    (await stand.node.manage('GET', '/api/v1/status')).body.policy;

  it('runs the layers that are meant for it, and goes back to its own configuration without them', async () => {
    assert.equal(await ofBytes(400), 200);
    const first = applied(1);
    await fleet.roll('fleet', targets(300));
    await first;
    assert.equal(await ofBytes(400), 414);
    const second = applied(2);
    await fleet.roll('group:edge', targets(450));
    await second;
    assert.equal(await ofBytes(400), 200);
    assert.equal(await ofBytes(460), 414);
    assert.deepEqual(await policyOf(), {
      revision: 2,
      layers: [
        { scope: 'fleet', revision: 1 },
        { scope: 'group:edge', revision: 2 },
      ],
    });
    assert.equal(await stand.node.metric('secbeat_fleet_policy_revision'), 2);
  });

  it('refuses a policy that does not hold here, says why at once, and keeps the one before', async () => {
    const first = applied(1);
    await fleet.roll('fleet', targets(300));
    await first;
    const told = fleet.untilBeat('refusal', ({ refused_policy }) => refused_policy !== null);
    const revision = await fleet.tryOut('fleet', `${targets(450)}${connections(50)}`);
    const { applied_revision, refused_policy } = await told;
    assert.equal(applied_revision, 1);
    assert.equal(refused_policy?.revision, revision);
    assert.match(refused_policy.reason, /max_connections_per_ip/);
    assert.equal(await ofBytes(400), 414);
    const cleared = fleet.untilBeat('end of the refusal', (beat) => beat.refused_policy === null);
    await fleet.rollBack(revision);
    assert.equal((await cleared).applied_revision, 1);
  });

  it('goes back to an older revision that is rolled back to', async () => {
    const first = applied(1);
    await fleet.roll('fleet', targets(300));
    await first;
    const second = applied(2);
    const tried = await fleet.tryOut('fleet', targets(450));
    await second;
    assert.equal(await ofBytes(400), 200);
    const again = applied(1);
    await fleet.rollBack(tried);
    await again;
    assert.equal(await ofBytes(400), 414);
  });

  it('serves with the last good policy and mode while the orchestrator is away', async () => {
    const first = applied(1);
    await fleet.roll('fleet', targets(300));
    await first;
    await fleet.setMode('under_attack');
    await stand.node.untilLine(/WARN: Under attack: limits are stricter from now on/);
    await fleet.goAway();
    await stand.restart('kill');
    assert.equal(await ofBytes(400), 414);
    assert.equal(await stand.node.metric('secbeat_under_attack'), 1);
    assert.equal((await stand.node.manage('GET', '/api/v1/status')).body.under_attack, true);
    await fleet.comeBack();
    await fleet.untilBeat('beat after the return', ({ applied_revision }) => applied_revision === 1);
  });

  it('starts with its own configuration where the kept policy is damaged', async () => {
    const first = applied(1);
    await fleet.roll('fleet', targets(300));
    await first;
    await fleet.goAway();
    writeFileSync(join(stand.node.folder, 'state', 'fleet-policy.json'), '{"version":1,"layers":[{');
    await stand.restart('stop');
    assert.equal(await ofBytes(400), 200);
    await stand.node.untilLine(/ERROR: The kept policy of the fleet cannot be used/);
  });

  it('starts where the kept policy cannot be put in force any more', async () => {
    const first = applied(1);
    await fleet.roll('fleet', `${targets(300)}${connections(20_000)}`);
    await first;
    await fleet.goAway();
    const refused = await stand.node.reload({
      ddos: { connection_limits: { max_connections_per_ip: 30_000, max_total_connections: 40_000 } },
    });
    assert.match(refused, /Configuration refused/);
    await stand.restart('stop');
    assert.equal(await ofBytes(400), 200);
    await stand.node.untilLine(/ERROR: The kept policy of the fleet is refused, starting without it/);
  });

  it('keeps the layers on top when its operator reloads, and tries a refused one again', async () => {
    const first = applied(1);
    await fleet.roll('fleet', targets(300));
    await first;
    await stand.node.reload({ http: { target_bytes_max: 480, idle_timeout_seconds: 70 } });
    assert.equal(await ofBytes(400), 414);
    const told = fleet.untilBeat('refusal', ({ refused_policy }) => refused_policy !== null);
    await fleet.roll('fleet', `${targets(350)}${connections(50)}`);
    assert.match(
      (await told).refused_policy?.reason ?? '',
      /policy 2 \(fleet\):4: .*max_connections_per_ip: /,
    );
    const second = applied(2);
    await stand.node.reload({ ddos: { connection_limits: { max_connections_per_ip: 40 } } });
    assert.equal((await second).refused_policy, null);
    assert.equal(await ofBytes(340), 200);
    assert.equal(await ofBytes(360), 414);
  });

  it('halves what clients may do under attack, and gives it back afterwards', async () => {
    const passed = async (target: string, count: number, from: string): Promise<number> => {
      let served = 0;
      for (let nth = 0; nth < count; nth += 1) {
        const { status } = await stand.request('GET', target, {}, '', { from });
        served += status === 200 ? 1 : 0;
      }
      return served;
    };
    assert.equal(await passed('/up', 10, '127.9.0.1'), 8);
    await fleet.setMode('under_attack');
    await stand.node.untilLine(/WARN: Under attack: limits are stricter from now on/);
    await stand.node.untilMetric('secbeat_under_attack', {}, (value) => value === 1);
    assert.equal(await passed('/up', 10, '127.9.0.2'), 4);
    await stand.node.reload({ limits: [{ name: 'uploads', path: '/up', rate: 0.01, burst: 6 }] });
    assert.equal(await passed('/up', 10, '127.9.0.3'), 3);
    await fleet.setMode('normal');
    await stand.node.untilMetric('secbeat_under_attack', {}, (value) => value === 0);
    assert.equal(await passed('/up', 10, '127.9.0.4'), 6);
  });

  it('becomes strict even while its own file cannot be read', async () => {
    const toml = readFileSync(stand.node.configPath, 'utf8');
    writeFileSync(stand.node.configPath, '[http\n');
    await fleet.setMode('under_attack');
    await stand.node.untilMetric('secbeat_under_attack', {}, (value) => value === 1);
    writeFileSync(stand.node.configPath, toml);
  });

  it('tells in heartbeats what traffic was like since the one before', async () => {
    stand.origin.respond(() => 'HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n');
    const busy = fleet.untilBeat('figures', ({ metrics }) => metrics.server_errors >= 3);
    for (let count = 0; count < 3; count += 1) await statusOf('/');
    const { metrics } = await busy;
    assert.ok(metrics.total_requests >= 3);
    const quiet = await fleet.untilBeat('quiet', ({ metrics: then }) => then.requests_per_second === 0);
    assert.equal(quiet.metrics.latency_ms, 0);
    assert.equal(quiet.metrics.latency_p99_ms, 0);
    assert.ok(
      fleet.beats.some(({ metrics: then }) => then.requests_per_second > 0 && then.latency_p99_ms > 0),
    );
  });
});

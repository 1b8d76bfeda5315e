import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import type { NatsConnection } from '@nats-io/transport-node';
import { NatsCluster } from '../../../tests/support/nats-server.ts';
import { until } from '../../../tests/support/until.ts';
import { createSystemClock } from '../../core/clock.ts';
import { silentLogger } from '../../core/logger.ts';
import { systemTimers } from '../../core/timers.ts';
import { type ControlCommand, controlCommand, wafEvent } from '../../messages/bus-messages.ts';
import { formatDecision } from '../../mitigation/decisions/decision-files.ts';
import { EventPublisher } from '../../mitigation/nats/event-publisher.ts';
import { connectNats } from '../../nats/connect-nats.ts';
import { natsOptionsFor } from '../../nats/testing/nats-options.ts';
import { decisionWith } from '../../waf/testing/decisions.ts';
import { SharedBanDesk } from '../bans/shared-ban-desk.ts';
import { FleetHub } from '../channel/fleet-hub.ts';
import type { Engine } from '../engine.ts';
import { openNatsEngine } from '../nats/nats-engine.ts';
import { type BusParts, startBus } from './bus-parts.ts';

const MANUAL = { reason: 'x', source: 'manual', confidence: 1, durationSeconds: 60 } as const;
const LOCAL = { kind: 'local', id: 'test' } as const;

describe('what the orchestrator does for other programs on NATS', () => {
  let cluster: NatsCluster;
  let engine: Engine;
  let hub: FleetHub;
  let parts: BusParts;
  let other: NatsConnection;
  let prefixes = 0;
  const clock = createSystemClock();
  const deps = { clock, logger: silentLogger };
  before(async () => {
    cluster = await NatsCluster.start(1, 'authorization { token: "s3cret" }');
  });
  after(() => cluster.remove());
  afterEach(async () => {
    parts.stop();
    hub.close();
    await engine.close();
    await other.close();
  });

  async function begin(): Promise<string> {
    prefixes += 1;
    const prefix = `bus-${prefixes}`;
    const options = { ...natsOptionsFor(cluster.urls, prefix), token: 's3cret' };
    const opened = await openNatsEngine(options, { ...deps, version: '0' });
    assert.ok(opened.ok);
    engine = opened.value;
    const loaded = await FleetHub.load(engine.ledger, clock);
    assert.ok(loaded.ok);
    hub = loaded.value;
    parts = startBus(engine, hub, deps);
    const connected = await connectNats(options, { ...deps, name: 'other', random: Math.random });
    assert.ok(connected.ok);
    other = connected.value;
    return prefix;
  }

  it('tells of each ban that begins and ends', async () => {
    const prefix = await begin();
    const heard: ControlCommand[] = [];
    other.subscribe(`${prefix}.control.commands`, {
      callback: (_, message) => void heard.push(controlCommand.parse(message.json())),
    });
    await other.flush();
    const desk = new SharedBanDesk(hub);
    assert.ok((await desk.ban({ ...MANUAL, target: '192.0.2.7' }, LOCAL)).ok);
    assert.ok((await desk.lift('192.0.2.7', LOCAL)).ok);
    await until(
      'commands',
      () => heard.length,
      (count) => count === 2,
    );
    assert.deepEqual(
      heard.map(({ action, target, ttl_seconds }) => [action, target, ttl_seconds]),
      [
        ['ADD_DYNAMIC_RULE', '192.0.2.7', 60],
        ['REMOVE_DYNAMIC_RULE', '192.0.2.7', null],
      ],
    );
  });

  it('bans whom an authenticated program names, once, and not for longer than it said', async () => {
    const prefix = await begin();
    const duty = parts.duties.find(({ name }) => name === 'block commands');
    assert.ok(duty !== undefined);
    await duty.step();
    const wish = {
      ...{ command_id: 'a', ip: '192.0.2.9', reason: 'seen elsewhere', duration_seconds: 600 },
      ...{ action: 'block', issued_at: new Date(clock.wallMs() - 100_000).toISOString(), source: 'tests' },
    };
    const wishes = [
      wish,
      wish,
      { ...wish, ip: 'nobody' },
      { ...wish, command_id: 'b', duration_seconds: 60 },
    ];
    for (const each of wishes) other.publish(`${prefix}.commands.block`, JSON.stringify(each));
    other.publish(`${prefix}.commands.block`, 'no JSON');
    await other.flush();
    await until(
      'ban',
      async () => {
        await duty.step();
        return hub.state.bans.get('192.0.2.9');
      },
      (ban) => ban !== undefined,
    );
    await duty.step();
    const ban = hub.state.bans.get('192.0.2.9')!;
    const leftMs = ban.expires_at_ms - clock.wallMs();
    assert.ok(leftMs > 400_000 && leftMs <= 500_000, `${leftMs} ms`);
    assert.equal(ban.reason, 'seen elsewhere');
    assert.equal(hub.state.seq, 1);
  });

  it('and nodes publish what their firewall decides', async () => {
    const prefix = await begin();
    const uris: string[] = [];
    other.subscribe(`${prefix}.events.waf`, {
      callback: (_, message) => void uris.push(wafEvent.parse(message.json()).uri),
    });
    await other.flush();
    const options = { ...natsOptionsFor(cluster.urls, prefix), token: 's3cret' };
    const publisher = new EventPublisher({
      ...{ options, nodeId: () => 'n', timers: systemTimers, random: Math.random, logger: silentLogger },
    });
    publisher.take(formatDecision(decisionWith({ target: '/early' })));
    assert.equal(publisher.dropped, 1);
    publisher.start();
    await until(
      'event',
      () => {
        publisher.take(formatDecision(decisionWith({ target: '/a?b=c' })));
        return uris[0];
      },
      (uri) => uri === '/a?b=',
    );
    await publisher.stop();
    const before = publisher.dropped;
    publisher.take(formatDecision(decisionWith({ target: '/late' })));
    assert.equal(publisher.dropped, before + 1);
  });
});

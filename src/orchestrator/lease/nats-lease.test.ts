import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import type { NatsConnection } from '@nats-io/transport-node';
import { NatsCluster } from '../../../tests/support/nats-server.ts';
import { until } from '../../../tests/support/until.ts';
import { createSystemClock } from '../../core/clock.ts';
import { silentLogger } from '../../core/logger.ts';
import { systemTimers } from '../../core/timers.ts';
import { connectNats } from '../../nats/connect-nats.ts';
import { natsOptionsFor } from '../../nats/testing/nats-options.ts';
import { type NatsLease, openNatsLease } from './nats-lease.ts';

describe('the lease on NATS', () => {
  let cluster: NatsCluster;
  let prefixes = 0;
  const connections: NatsConnection[] = [];
  const leases: NatsLease[] = [];
  before(async () => {
    cluster = await NatsCluster.start();
  });
  after(() => cluster.remove());
  afterEach(async () => {
    for (const lease of leases.splice(0)) await lease.close();
    for (const connection of connections.splice(0)) await connection.close();
  });

  async function open(prefix: string, holder: string): Promise<NatsLease> {
    const deps = { name: holder, logger: silentLogger, random: Math.random };
    const connection = await connectNats(natsOptionsFor(cluster.urls, prefix), deps);
    assert.ok(connection.ok);
    connections.push(connection.value);
    const shared = { clock: createSystemClock(), timers: systemTimers, logger: silentLogger, replicas: 1 };
    const lease = await openNatsLease({
      ...{ ...shared, connection: connection.value, prefix, holder, termMs: 300 },
    });
    assert.ok(lease.ok);
    leases.push(lease.value);
    return lease.value;
  }
  const newPrefix = (): string => {
    prefixes += 1;
    return `lease-${prefixes}`;
  };
  const isHeld = (lease: NatsLease): Promise<boolean> => until('lease', () => lease.held, Boolean);

  it('belongs to one, and goes to another when that one gives it back', async () => {
    const prefix = newPrefix();
    const one = await open(prefix, 'one');
    await isHeld(one);
    const two = await open(prefix, 'two');
    const token = one.fencingToken;
    assert.equal(two.held, false);
    assert.equal(two.fencingToken, 0);
    await one.close();
    assert.equal(one.held, false);
    await isHeld(two);
    assert.ok(two.fencingToken > token);
  });

  it('goes to another when its holder is not heard of any more', async () => {
    const prefix = newPrefix();
    const one = await open(prefix, 'one');
    await isHeld(one);
    const two = await open(prefix, 'two');
    const changes: boolean[] = [];
    one.onChange((held) => changes.push(held));
    await connections[0]!.close();
    await isHeld(two);
    assert.equal(one.held, false);
    assert.deepEqual(changes, [false]);
  });

  it('is lost while the server is away, and taken again afterwards', async () => {
    const one = await open(newPrefix(), 'one');
    await isHeld(one);
    await cluster.servers[0]!.kill();
    await until(
      'end of the lease',
      () => one.held,
      (held) => !held,
    );
    await cluster.servers[0]!.start();
    await isHeld(one);
  });
});

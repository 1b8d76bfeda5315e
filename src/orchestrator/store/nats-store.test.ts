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
import { Fleet } from '../members/fleet.ts';
import { FleetRegistry } from '../members/registry.ts';
import { OrchestratorCounters } from '../metrics.ts';
import { makeBeat, makeRegistration, RULE } from '../testing/simulated-fleet.ts';
import { type NatsStore, openNatsStore } from './nats-store.ts';

/** One orchestrator's view of the fleet. */
interface View {
  readonly store: NatsStore;
  readonly fleet: Fleet;
  readonly registry: FleetRegistry;
  /** Nodes that were heard elsewhere. */
  readonly heard: string[];
}

describe('the store of nodes on NATS', () => {
  let cluster: NatsCluster;
  let prefixes = 0;
  const stores: NatsStore[] = [];
  const connections: NatsConnection[] = [];
  before(async () => {
    cluster = await NatsCluster.start();
  });
  after(() => cluster.remove());
  afterEach(async () => {
    for (const store of stores.splice(0)) store.close();
    for (const connection of connections.splice(0)) await connection.close();
  });

  function newPrefix(): string {
    prefixes += 1;
    return `store-${prefixes}`;
  }

  async function open(prefix: string): Promise<NatsStore> {
    const deps = { name: 'test', logger: silentLogger, random: Math.random };
    const connection = await connectNats(natsOptionsFor(cluster.urls, prefix), deps);
    assert.ok(connection.ok);
    connections.push(connection.value);
    const shared = { clock: createSystemClock(), timers: systemTimers, logger: silentLogger, replicas: 1 };
    const store = await openNatsStore({ ...shared, connection: connection.value, prefix });
    assert.ok(store.ok);
    stores.push(store.value);
    return store.value;
  }

  async function openView(prefix: string): Promise<View> {
    const store = await open(prefix);
    const shared = {
      ...{ rule: RULE, clock: createSystemClock(), logger: silentLogger },
      counters: new OrchestratorCounters(),
    };
    const fleet = new Fleet({ rule: RULE, nodesMax: 100 }, { ...shared, store });
    assert.ok(fleet.load().ok);
    const heard: string[] = [];
    store.watch((change) => {
      if (fleet.noteRemote(change) !== null) heard.push(change.nodeId);
    });
    const registry = new FleetRegistry({
      ...{ ...shared, fleet, newId: () => crypto.randomUUID(), onCommand: () => undefined },
    });
    return { store, fleet, registry, heard };
  }

  function register({ registry }: View): string {
    const registered = registry.register(makeRegistration({ epoch: 1000 }));
    assert.ok(registered.ok);
    return registered.value.nodeId;
  }

  it('shows every orchestrator what one of them was told', async () => {
    const prefix = newPrefix();
    const [one, two] = [await openView(prefix), await openView(prefix)];
    const nodeId = register(one);
    assert.ok(await one.registry.saved());
    await until('node elsewhere', () => two.registry.node(nodeId).ok, Boolean);
    const metrics = { ...makeBeat(nodeId).metrics, cpu_usage: 77 };
    assert.ok(two.registry.heartbeat(makeBeat(nodeId, { epoch: 1000, sequence: 1, metrics })).ok);
    two.fleet.flush();
    const seen = await until(
      'heartbeat elsewhere',
      () => one.fleet.record(nodeId),
      (record) => record?.metrics?.cpu_usage === 77,
    );
    assert.equal(seen?.stored.reported, 'Active');
    assert.deepEqual(one.heard, [nodeId]);
    const three = await openView(prefix);
    assert.equal(three.fleet.record(nodeId)?.stored.reported, 'Active');
  });

  it('keeps what is wanted of a node beside what it says, whoever writes first', async () => {
    const prefix = newPrefix();
    const [one, two] = [await openView(prefix), await openView(prefix)];
    const nodeId = register(one);
    await until('node elsewhere', () => two.registry.node(nodeId).ok, Boolean);
    for (let sequence = 1; sequence <= 5; sequence += 1) {
      two.registry.heartbeat(makeBeat(nodeId, { epoch: 1000, sequence }));
      assert.ok(one.registry.intend([nodeId], sequence % 2 === 1 ? 'drain' : 'run').ok);
      two.fleet.flush();
      assert.ok(await one.registry.saved());
      assert.ok(await two.registry.saved());
      const wanted = sequence % 2 === 1 ? 'drain' : 'run';
      for (const { fleet } of [one, two]) {
        await until(
          `order and beat ${sequence}`,
          () => fleet.record(nodeId),
          (record) => record?.stored.intent === wanted && record.sequence === sequence,
        );
      }
    }
  });

  it('takes back a death that was declared without knowing of a sign of life', async () => {
    const prefix = newPrefix();
    const [one, two] = [await openView(prefix), await openView(prefix)];
    const nodeId = register(one);
    await until('node elsewhere', () => two.registry.node(nodeId).ok, Boolean);
    const record = one.fleet.record(nodeId)!;
    two.registry.heartbeat(makeBeat(nodeId, { epoch: 1000, sequence: 1 }));
    two.fleet.flush();
    one.fleet.note({ ...record, stored: { ...record.stored, deadAtMs: 5 } });
    one.fleet.flush();
    assert.ok(await one.registry.saved());
    assert.ok(await two.registry.saved());
    for (const { fleet } of [one, two]) {
      await until(
        'node that lives',
        () => fleet.record(nodeId),
        (found) => found?.stored.deadAtMs === null && found.sequence === 1,
      );
    }
  });

  it('closes and forgets nodes for all', async () => {
    const prefix = newPrefix();
    const [one, two] = [await openView(prefix), await openView(prefix)];
    const [ended, forgotten] = [register(one), register(one)];
    await until(
      'nodes elsewhere',
      () => two.fleet.size,
      (size) => size === 2,
    );
    two.registry.heartbeat(makeBeat(ended, { epoch: 1000, sequence: 1, status: 'Terminating' }));
    assert.ok(await two.registry.saved());
    assert.ok(two.store.removeNodes([forgotten]).ok);
    assert.ok(await two.registry.saved());
    await until(
      'an empty fleet',
      () => one.fleet.size,
      (size) => size === 0,
    );
    assert.ok(one.fleet.tombstone(ended) !== undefined);
    assert.equal(one.fleet.tombstone(forgotten), undefined);
  });

  it('says so while the server is away, and has everything afterwards', async () => {
    const prefix = newPrefix();
    const [one, two] = [await openView(prefix), await openView(prefix)];
    const nodeId = register(one);
    assert.ok(await one.registry.saved());
    await cluster.servers[0]!.kill();
    one.registry.heartbeat(makeBeat(nodeId, { epoch: 1000, sequence: 1 }));
    one.fleet.flush();
    await until(
      'fault',
      () => one.store.probe().ok,
      (fine) => !fine,
    );
    await cluster.servers[0]!.start();
    assert.ok(await one.registry.saved());
    await until(
      'heartbeat elsewhere',
      () => two.fleet.record(nodeId)?.sequence,
      (seen) => seen === 1,
    );
  });
});

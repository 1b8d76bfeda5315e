import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { fail, ok } from '../../core/result.ts';
import type { Author } from '../../messages/ledger-entry.ts';
import { healKey } from './healing.ts';
import { ScalingStand } from './testing/scaling-stand.ts';

const OPERATOR: Author = { kind: 'token', id: 'ada' };

const stands: ScalingStand[] = [];

async function open(change: Parameters<typeof ScalingStand.open>[0] = {}): Promise<ScalingStand> {
  const stand = await ScalingStand.open(change);
  stands.push(stand);
  return stand;
}

afterEach(async () => {
  for (const stand of stands.splice(0)) await stand.close();
});

function decisionsOf({ hub }: ScalingStand) {
  return hub.state.scaling.all().map(({ action, reason, node }) => [action, reason, node]);
}

describe('scaling up', () => {
  it('is decided, written down, and told to the receiver with what it rests on', async () => {
    const stand = await open();
    const ids = stand.settle(2);
    await stand.look(2, ids, 90);
    await stand.calm();
    assert.deepEqual(decisionsOf(stand), [['up', 'HIGH_FLEET_CPU_LOAD', null]]);
    assert.equal(stand.sent.length, 1);
    const body = JSON.parse(stand.sent[0]!.body);
    assert.deepEqual(Object.keys(body), ['reason', 'timestamp', 'fleet_metrics']);
    assert.deepEqual(body.fleet_metrics, {
      ...{ active_nodes: 2, avg_cpu_usage: 90, avg_memory_usage: 20, total_connections: 80 },
    });
    assert.equal(stand.hub.state.scaling.all()[0]?.ended?.outcome, 'delivered');
    assert.equal(stand.sim.counters.getOf('secbeat_scaling_decisions_total', 'up'), 1);
  });

  it('that was foreseen says what was expected', async () => {
    const stand = await open();
    const ids = stand.settle(2);
    for (const cpu of [20, 25, 30, 35, 40, 45, 50, 55, 60, 65, 70, 75]) await stand.look(1, ids, cpu);
    await stand.calm();
    const [first] = stand.sent;
    assert.ok(first !== undefined, 'nothing was foreseen');
    const { reason, prediction_info: prediction } = JSON.parse(first.body);
    assert.equal(reason, 'PREDICTED_HIGH_FLEET_CPU_LOAD');
    assert.equal(prediction.prediction_horizon_minutes, 10);
    assert.ok(prediction.predicted_cpu_usage > 80 && prediction.predicted_cpu_usage <= 100);
    assert.ok(prediction.confidence > 0 && prediction.confidence <= 1);
  });

  it('waits for the nodes that it has asked for', async () => {
    const stand = await open({ cooldownMs: 0, fleetMax: 3 });
    const ids = stand.settle(2);
    await stand.look(8, ids, 95);
    assert.equal(decisionsOf(stand).length, 1, 'one more is the largest fleet');
    assert.equal(stand.scaling.outlook.picture().awaited, 1);
    stand.sim.register();
    assert.equal(stand.scaling.outlook.picture().awaited, 0);
  });

  it('without a receiver is written down only', async () => {
    const stand = await open({ webhook: null });
    await stand.look(2, stand.settle(1), 95);
    assert.equal(stand.hub.state.scaling.all()[0]?.dry_run, true);
    assert.deepEqual(stand.hub.state.scaling.pending(), []);
  });
});

describe('scaling down', () => {
  it('drains a node, and ends it once it is empty', async () => {
    const stand = await open();
    const ids = stand.settle(3);
    await stand.look(5, ids, 5);
    await stand.calm();
    assert.deepEqual(decisionsOf(stand), [['down', 'LOW_FLEET_CPU_LOAD', ids[2]]]);
    assert.equal(stand.sim.status(ids[2]!), 'Draining');
    await stand.scaling.desk.tend();
    assert.equal(stand.sim.status(ids[2]!), 'Draining', 'it has connections yet');
    const metrics = { ...stand.sim.registry.nodes()[2]!.metrics!, active_connections: 0 };
    stand.beat([ids[2]!], 0, { status: 'Draining', metrics });
    await stand.scaling.desk.tend();
    await stand.calm();
    const control = stand.sim.registry.control(ids[2]!);
    assert.ok(control.ok);
    assert.deepEqual(control.value.commands[0]?.parameters, {
      ...{ reason: 'LOW_FLEET_CPU_LOAD', grace_period_seconds: 60 },
    });
    assert.equal(stand.sent.length, 0, 'the receiver has nothing to do with it');
  });

  it('ends a node that does not become empty after a while', async () => {
    const stand = await open();
    const ids = stand.settle(2);
    await stand.look(5, ids, 5);
    await stand.calm();
    await stand.look(6, ids, 5);
    await stand.scaling.desk.tend();
    await stand.calm();
    assert.equal(stand.sim.status(ids[1]!), 'Terminating');
  });

  it('leaves a node alone whose drain somebody took back', async () => {
    const stand = await open();
    const ids = stand.settle(2);
    await stand.look(5, ids, 5);
    await stand.calm();
    stand.sim.registry.intend([ids[1]!], 'run');
    stand.sim.passMs(20_000);
    await stand.look(6, ids, 40);
    await stand.scaling.desk.tend();
    await stand.calm();
    assert.equal(stand.sim.status(ids[1]!), 'Active');
  });
});

describe('healing', () => {
  /** Lets one of five nodes fall silent until it is dead. */
  function lose(stand: ScalingStand, ids: readonly string[], lost: number): void {
    for (let passed = 0; passed < 120_000; passed += 10_000) {
      stand.beat(ids.slice(lost), 50);
      stand.sim.passMs(10_000);
    }
  }

  it('asks for one node for each failure, once', async () => {
    const stand = await open();
    const ids = stand.settle(5);
    lose(stand, ids, 1);
    assert.equal(stand.sim.status(ids[0]!), 'Dead');
    for (let times = 0; times < 3; times++) await stand.scaling.desk.tend();
    await stand.calm();
    await stand.assemble().desk.tend();
    await stand.calm();
    assert.equal(stand.sent.length, 1);
    const { timestamp: _, ...body } = JSON.parse(stand.sent[0]!.body);
    assert.deepEqual(body, {
      reason: 'UNEXPECTED_NODE_FAILURE',
      failed_node_id: ids[0],
      failed_node_ip: '192.0.2.1',
      fleet_metrics: { active_nodes: 4, avg_cpu_usage: 50, avg_memory_usage: 20, total_connections: 160 },
    });
    assert.equal(stand.sim.counters.get('orchestrator_self_healing_webhooks_sent_total'), 1);
  });

  it('replaces so many an hour, and the others once there is room', async () => {
    const stand = await open({ healsPerHourMax: 1 });
    const ids = stand.settle(6);
    lose(stand, ids, 2);
    await stand.scaling.desk.tend();
    assert.equal(decisionsOf(stand).length, 1);
    for (let minute = 0; minute < 59; minute++) {
      stand.beat(ids.slice(2), 50);
      stand.sim.passMs(30_000);
      stand.beat(ids.slice(2), 50);
      stand.sim.passMs(30_000);
    }
    await stand.scaling.desk.tend();
    assert.equal(decisionsOf(stand).length, 1, 'the hour is not over');
  });

  it('asks for nobody while most of the fleet is silent, nor beyond the largest fleet', async () => {
    const stand = await open({ fleetMax: 5 });
    const ids = stand.settle(6);
    lose(stand, ids, 1);
    await stand.scaling.desk.tend();
    assert.deepEqual(decisionsOf(stand), [], 'five are left');
    stand.sim.passMs(110_000);
    assert.equal(stand.sim.sweeper.massSilence, true);
    assert.equal(stand.scaling.outlook.picture().doubtful, true);
    await stand.scaling.desk.tend();
    await stand.look(1, [], 0);
    assert.deepEqual(decisionsOf(stand), []);
  });

  it('asks for nobody while not one of two nodes is heard, and for one where there was only that', async () => {
    const pair = await open();
    pair.settle(2);
    pair.sim.passMs(120_000);
    await pair.scaling.desk.tend();
    assert.equal(pair.sim.counters.get('orchestrator_nodes_marked_dead_total'), 2);
    assert.deepEqual(decisionsOf(pair), []);
    const single = await open();
    const [id] = single.settle(1);
    single.sim.passMs(120_000);
    await single.scaling.desk.tend();
    assert.deepEqual(decisionsOf(single), [['heal', 'UNEXPECTED_NODE_FAILURE', id]]);
  });

  it('does not replace a node that came back', async () => {
    const stand = await open();
    const ids = stand.settle(5);
    lose(stand, ids, 1);
    stand.beat(ids, 50);
    await stand.scaling.desk.tend();
    assert.deepEqual(decisionsOf(stand), []);
  });
});

describe('the receiver', () => {
  it('is asked again with growing pauses, under one key, until it has understood', async () => {
    const stand = await open();
    stand.answers.push(fail('ECONNREFUSED'), ok({ status: 503, retryAfterMs: 20_000 }), fail('no answer'));
    await stand.look(2, stand.settle(1), 95);
    await stand.calm();
    assert.equal(stand.sent.length, 4);
    assert.equal(new Set(stand.sent.map(({ headers }) => headers['idempotency-key'])).size, 1);
    assert.equal(new Set(stand.sent.map(({ body }) => body)).size, 1);
    assert.deepEqual(stand.pausesMs, [2000, 20_000, 8000]);
    const [decision] = stand.hub.state.scaling.all();
    assert.deepEqual([decision?.ended?.outcome, decision?.ended?.attempts], ['delivered', 4]);
    assert.equal(stand.sim.counters.getOf('secbeat_webhook_calls_total', 'error'), 3);
  });

  it('that refuses or sends elsewhere is not asked again', async () => {
    for (const status of [301, 307, 400, 404]) {
      const stand = await open();
      stand.answers.push(ok({ status, retryAfterMs: 0 }));
      await stand.look(2, stand.settle(1), 95);
      await stand.calm();
      assert.equal(stand.sent.length, 1);
      const [decision] = stand.hub.state.scaling.all();
      assert.equal(decision?.ended?.detail, `the receiver answered ${status}`);
    }
  });

  it('is given up after eight attempts, and the node is not awaited any more', async () => {
    const stand = await open();
    for (let attempt = 0; attempt < 20; attempt++) stand.answers.push(fail('gone'));
    await stand.look(2, stand.settle(1), 95);
    await stand.calm();
    assert.equal(stand.sent.length, 8);
    assert.ok(Math.max(...stand.pausesMs) <= 60_000);
    assert.equal(stand.hub.state.scaling.all()[0]?.ended?.outcome, 'given_up');
    assert.equal(stand.scaling.outlook.picture().awaited, 0);
  });

  it('hears after a restart what it has not heard, unless that is old', async () => {
    const stand = await open();
    const [id] = stand.settle(1);
    await stand.scaling.stop();
    await stand.scaling.desk.scaleTo(2, OPERATOR);
    await stand.calm();
    assert.equal(stand.sent.length, 0, 'the process has ended before');
    stand.beat([id!], 50);
    await stand.assemble().desk.tend();
    await stand.calm();
    assert.equal(stand.sent.length, 1);
    await stand.scaling.stop();
    stand.sim.clock.advanceMs(400_000);
    await stand.scaling.desk.scaleTo(4, OPERATOR);
    stand.sim.clock.advanceMs(3_600_001);
    await stand.assemble().desk.tend();
    await stand.calm();
    assert.equal(stand.sent.length, 1);
    assert.match(stand.hub.state.scaling.all().at(-1)?.ended?.detail ?? '', /too long ago/);
  });
});

describe('a size that somebody asks for', () => {
  it('is decided at once, node by node, in their name', async () => {
    const stand = await open();
    stand.settle(1);
    const decided = await stand.scaling.desk.scaleTo(4, OPERATOR);
    assert.equal(decided.ok && decided.value.length, 3);
    assert.deepEqual(stand.hub.state.scaling.all()[0]?.by, OPERATOR);
    const again = await stand.scaling.desk.scaleTo(4, OPERATOR);
    assert.deepEqual(again, ok([]), 'three are on their way');
  });

  it('is refused outside the bounds, and downwards in doubt', async () => {
    const stand = await open();
    const early = stand.sim.register();
    stand.sim.register();
    const doubted = await stand.scaling.desk.scaleTo(1, OPERATOR);
    assert.equal(!doubted.ok && doubted.fault.code, 'fleet_in_doubt');
    for (const target of [0, 11]) {
      const refused = await stand.scaling.desk.scaleTo(target, OPERATOR);
      assert.equal(!refused.ok && refused.fault.code, 'target_out_of_bounds');
    }
    assert.equal(stand.sim.status(early), 'Registered');
  });
});

it('the key of a failure names node and moment', () => {
  const id = '00000000-0000-4000-8000-000000000001';
  assert.notEqual(healKey({ id, deadAtMs: 1 }), healKey({ id, deadAtMs: 2 }));
  assert.ok(healKey({ id, deadAtMs: Number.MAX_SAFE_INTEGER }).length <= 64);
});

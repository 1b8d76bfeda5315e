import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { ManualClock } from '../../core/clock.ts';
import { terminateRequest } from '../../messages/terminate-request.ts';
import { openSqliteStore } from '../store/sqlite-store.ts';
import { makeBeat, makeRegistration, SimulatedFleet } from '../testing/simulated-fleet.ts';

const OLD = 1_000;
const NEW = 2_000;
const PLAIN_ORDER = terminateRequest.parse({});

describe('a registration', () => {
  it('of a newcomer makes an identity, and the first heartbeat makes it Active', () => {
    const sim = new SimulatedFleet();
    const nodeId = sim.register();
    assert.equal(sim.status(nodeId), 'Registered');
    sim.registry.heartbeat(makeBeat(nodeId));
    assert.equal(sim.status(nodeId), 'Active');
  });

  it('accepts heartbeats of a node that is still starting', () => {
    const sim = new SimulatedFleet();
    const nodeId = sim.register();
    assert.ok(sim.registry.heartbeat(makeBeat(nodeId, { status: 'Starting' })).ok);
    assert.equal(sim.status(nodeId), 'Starting');
  });

  it('with an identity comes back as itself, as a new process without figures', () => {
    const sim = new SimulatedFleet();
    const nodeId = sim.register({ epoch: OLD });
    sim.registry.heartbeat(makeBeat(nodeId, { epoch: OLD }));
    const registeredAt = sim.registry.nodes()[0]?.registered_at;
    sim.clock.advanceMs(1000);
    assert.equal(sim.register({ node_id: nodeId, epoch: NEW, public_ip: '192.0.2.9' }), nodeId);
    const [node, ...others] = sim.registry.nodes();
    assert.equal(others.length, 0);
    assert.equal(node?.status, 'Registered');
    assert.equal(node?.metrics, null);
    assert.equal(node?.public_ip, '192.0.2.9');
    assert.equal(node?.registered_at, registeredAt);
  });

  it('repeated by the same process changes nothing about what it reported', () => {
    const sim = new SimulatedFleet();
    const nodeId = sim.register({ epoch: OLD });
    sim.registry.heartbeat(makeBeat(nodeId, { epoch: OLD }));
    sim.register({ node_id: nodeId, epoch: OLD });
    assert.equal(sim.status(nodeId), 'Active');
  });

  it('beyond the largest fleet is refused while all live, and takes the place of the longest dead', () => {
    const sim = new SimulatedFleet({ nodesMax: 2 });
    const first = sim.register();
    const second = sim.register();
    const refused = sim.registry.register(makeRegistration());
    assert.deepEqual(refused, { ok: false, fault: 'fleet_full' });
    sim.passMs(60_000);
    sim.registry.heartbeat(makeBeat(second));
    sim.passMs(60_000);
    assert.equal(sim.status(first), 'Dead');
    const third = sim.register();
    assert.equal(sim.status(first), null);
    assert.deepEqual([sim.status(second), sim.status(third)], ['Active', 'Registered']);
  });
});

describe('two processes with one identity', () => {
  it('the newer wins, the older is refused and reported once', () => {
    const sim = new SimulatedFleet();
    const nodeId = sim.register({ epoch: OLD });
    sim.register({ node_id: nodeId, epoch: NEW });
    for (let beat = 0; beat < 3; beat += 1) {
      const refused = sim.registry.heartbeat(makeBeat(nodeId, { epoch: OLD }));
      assert.deepEqual(refused, { ok: false, fault: 'superseded_process' });
    }
    const again = sim.registry.register(makeRegistration({ node_id: nodeId, epoch: OLD }));
    assert.deepEqual(again, { ok: false, fault: 'superseded_process' });
    assert.equal(sim.logged('Two processes use one node id, the older is refused').length, 1);
    assert.ok(sim.registry.heartbeat(makeBeat(nodeId, { epoch: NEW })).ok);
  });

  it('a heartbeat of the newer one is enough, without registering', () => {
    const sim = new SimulatedFleet();
    const nodeId = sim.register({ epoch: OLD });
    assert.ok(sim.registry.heartbeat(makeBeat(nodeId, { epoch: NEW })).ok);
    assert.equal(sim.registry.heartbeat(makeBeat(nodeId, { epoch: OLD })).ok, false);
  });

  it('the older may come back once the newer is not heard any more, as after a clock was set back', () => {
    const sim = new SimulatedFleet();
    const nodeId = sim.register({ epoch: NEW });
    sim.passMs(31_000);
    assert.equal(sim.register({ node_id: nodeId, epoch: OLD }), nodeId);
    assert.ok(sim.registry.heartbeat(makeBeat(nodeId, { epoch: OLD })).ok);
  });
});

describe('a heartbeat', () => {
  it('of an unknown node is refused and counted', () => {
    const sim = new SimulatedFleet();
    const answer = sim.registry.heartbeat(makeBeat('20000000-0000-4000-8000-000000000000'));
    assert.deepEqual(answer, { ok: false, fault: 'unknown_node' });
    assert.equal(sim.counters.get('orchestrator_heartbeats_unknown_node'), 1);
  });

  it('that was overtaken shows life but not old figures', () => {
    const sim = new SimulatedFleet();
    const nodeId = sim.register({ epoch: OLD });
    const draining = makeBeat(nodeId, { epoch: OLD, sequence: 2, status: 'Draining' });
    sim.registry.heartbeat(draining);
    sim.passMs(90_000);
    sim.registry.heartbeat(makeBeat(nodeId, { epoch: OLD, sequence: 1 }));
    assert.equal(sim.status(nodeId), 'Draining');
    sim.passMs(90_000);
    assert.equal(sim.status(nodeId), 'Draining');
  });

  it('brings a dead node back as it reports itself', () => {
    const sim = new SimulatedFleet();
    const nodeId = sim.register();
    sim.passMs(120_000);
    assert.equal(sim.status(nodeId), 'Dead');
    sim.registry.heartbeat(makeBeat(nodeId));
    assert.equal(sim.status(nodeId), 'Active');
    const changes = sim
      .logged('Node status changed')
      .map(({ fields }) => [fields.old_status, fields.new_status]);
    assert.deepEqual(changes.at(-1), ['Dead', 'Active']);
  });
});

describe('an order to terminate', () => {
  it('is in every answer until the node is gone, with one command id', () => {
    const sim = new SimulatedFleet();
    const nodeId = sim.register({ epoch: OLD });
    const order = sim.registry.terminate(nodeId, { reason: 'LOW_FLEET_CPU_LOAD', grace_period_seconds: 60 });
    assert.ok(order.ok);
    assert.deepEqual(sim.woken, [nodeId]);
    const beat = sim.registry.heartbeat(makeBeat(nodeId, { epoch: OLD }));
    const again = sim.registry.register(makeRegistration({ node_id: nodeId, epoch: OLD }));
    const poll = sim.registry.control(nodeId);
    assert.ok(beat.ok && again.ok && poll.ok);
    for (const answer of [beat.value, again.value.control, poll.value]) {
      assert.equal(answer.intent, 'terminate');
      assert.equal(answer.cursor, 1);
      assert.equal(answer.commands[0]?.command_id, order.value.commandId);
      assert.deepEqual(answer.commands[0]?.parameters, {
        reason: 'LOW_FLEET_CPU_LOAD',
        grace_period_seconds: 60,
      });
    }
  });

  it('is not undone by a heartbeat that reports Active', () => {
    const sim = new SimulatedFleet();
    const nodeId = sim.register();
    sim.registry.terminate(nodeId, PLAIN_ORDER);
    sim.registry.heartbeat(makeBeat(nodeId));
    assert.equal(sim.status(nodeId), 'Terminating');
  });

  it('given twice stays the first one', () => {
    const sim = new SimulatedFleet();
    const nodeId = sim.register();
    const first = sim.registry.terminate(nodeId, PLAIN_ORDER);
    const second = sim.registry.terminate(nodeId, { reason: 'OTHER', grace_period_seconds: 1 });
    assert.deepEqual(second, first);
    assert.equal(sim.counters.get('orchestrator_nodes_terminated_total'), 1);
  });

  it('survives a restart of the orchestrator', () => {
    const sim = new SimulatedFleet();
    const nodeId = sim.register();
    sim.registry.terminate(nodeId, PLAIN_ORDER);
    const answer = sim.restart().registry.heartbeat(makeBeat(nodeId));
    assert.ok(answer.ok);
    assert.equal(answer.value.intent, 'terminate');
  });

  it('holds for the next process of the node when the first one crashed without hearing it', () => {
    const sim = new SimulatedFleet();
    const nodeId = sim.register({ epoch: OLD });
    sim.registry.terminate(nodeId, PLAIN_ORDER);
    const next = sim.registry.register(makeRegistration({ node_id: nodeId, epoch: NEW }));
    assert.ok(next.ok);
    assert.equal(next.value.control.intent, 'terminate');
  });

  it('is fulfilled when the process that was ending is followed by a new one', () => {
    const sim = new SimulatedFleet();
    const nodeId = sim.register({ epoch: OLD });
    sim.registry.terminate(nodeId, PLAIN_ORDER);
    sim.registry.heartbeat(makeBeat(nodeId, { epoch: OLD, status: 'Terminating', final: false }));
    const next = sim.registry.register(makeRegistration({ node_id: nodeId, epoch: NEW }));
    assert.ok(next.ok);
    assert.equal(next.value.control.intent, 'run');
    assert.equal(sim.counters.get('orchestrator_nodes_gracefully_terminated_total'), 1);
    assert.equal(sim.status(nodeId), 'Registered');
  });

  it('for an unknown node is refused', () => {
    const sim = new SimulatedFleet();
    const answer = sim.registry.terminate('20000000-0000-4000-8000-000000000000', PLAIN_ORDER);
    assert.deepEqual(answer, { ok: false, fault: 'unknown_node' });
  });
});

describe('a planned end', () => {
  it('is complete with the last heartbeat, and the node counts nowhere any more', () => {
    const sim = new SimulatedFleet();
    const nodeId = sim.register();
    sim.registry.heartbeat(makeBeat(nodeId));
    assert.ok(sim.registry.heartbeat(makeBeat(nodeId, { status: 'Terminating' })).ok);
    assert.equal(sim.status(nodeId), null);
    assert.deepEqual(sim.registry.nodes(), []);
    sim.passMs(1_000_000);
    assert.equal(sim.counters.get('orchestrator_nodes_marked_dead_total'), 0);
  });

  it('stays visible while the node says that it is not done yet', () => {
    const sim = new SimulatedFleet();
    const nodeId = sim.register();
    sim.registry.heartbeat(makeBeat(nodeId, { status: 'Terminating', final: false }));
    assert.equal(sim.status(nodeId), 'Terminating');
  });

  it('is complete after silence beyond grace and tolerance, without a death', () => {
    const sim = new SimulatedFleet();
    const nodeId = sim.register();
    sim.registry.terminate(nodeId, { reason: 'x', grace_period_seconds: 20 });
    sim.passMs(120_000);
    assert.equal(sim.status(nodeId), 'Terminating');
    sim.passMs(10_000);
    assert.equal(sim.status(nodeId), null);
    assert.equal(sim.counters.get('orchestrator_nodes_marked_dead_total'), 0);
    assert.equal(sim.counters.get('orchestrator_nodes_gracefully_terminated_total'), 1);
  });

  it('is not revived by a message that comes late', () => {
    const sim = new SimulatedFleet();
    const nodeId = sim.register({ epoch: OLD });
    sim.registry.heartbeat(makeBeat(nodeId, { epoch: OLD, status: 'Terminating' }));
    const late = makeRegistration({ node_id: nodeId, epoch: OLD });
    assert.deepEqual(sim.registry.register(late), { ok: false, fault: 'node_terminated' });
    const word = sim.registry.heartbeat(makeBeat(nodeId, { epoch: OLD, status: 'Terminating' }));
    assert.ok(word.ok);
    assert.equal(sim.status(nodeId), null);
  });

  it('lets a new process with the same identity begin anew, also after a restart of the orchestrator', () => {
    const sim = new SimulatedFleet();
    const nodeId = sim.register({ epoch: OLD });
    sim.registry.heartbeat(makeBeat(nodeId, { epoch: OLD, status: 'Terminating' }));
    const restarted = sim.restart();
    assert.equal(restarted.register({ node_id: nodeId, epoch: NEW }), nodeId);
    assert.equal(restarted.status(nodeId), 'Registered');
  });

  it('that was believed too early is told again to the process that comes back', () => {
    const sim = new SimulatedFleet();
    const nodeId = sim.register({ epoch: OLD });
    sim.registry.terminate(nodeId, PLAIN_ORDER);
    sim.passMs(200_000);
    assert.equal(sim.status(nodeId), null);
    const beat = sim.registry.heartbeat(makeBeat(nodeId, { epoch: OLD }));
    assert.ok(beat.ok);
    assert.equal(beat.value.intent, 'terminate');
    sim.register({ node_id: nodeId, epoch: OLD });
    assert.equal(sim.status(nodeId), 'Terminating');
  });
});

describe('a restart of the orchestrator', () => {
  it('keeps the fleet and gives every node a whole tolerance to be heard again', () => {
    const sim = new SimulatedFleet();
    const nodeId = sim.register();
    sim.registry.heartbeat(makeBeat(nodeId));
    sim.passMs(90_000);
    const restarted = sim.restart();
    assert.equal(restarted.status(nodeId), 'Active');
    restarted.passMs(100_000);
    assert.equal(restarted.status(nodeId), 'Active');
    restarted.passMs(10_000);
    assert.equal(restarted.status(nodeId), 'Dead');
  });

  it('does not find a dead node dead a second time', () => {
    const sim = new SimulatedFleet();
    const nodeId = sim.register();
    sim.passMs(120_000);
    const restarted = sim.restart();
    assert.equal(restarted.status(nodeId), 'Dead');
    restarted.passMs(300_000);
    assert.equal(restarted.counters.get('orchestrator_nodes_marked_dead_total'), 0);
  });
});

describe('the death of nodes', () => {
  it('is declared once, within the tolerance and one look', () => {
    const sim = new SimulatedFleet();
    const nodeId = sim.register();
    sim.passMs(100_000);
    assert.equal(sim.status(nodeId), 'Registered');
    sim.passMs(10_000);
    assert.equal(sim.status(nodeId), 'Dead');
    sim.passMs(1_000_000);
    assert.equal(sim.counters.get('orchestrator_nodes_marked_dead_total'), 1);
    assert.deepEqual(sim.logged('Node declared dead')[0]?.fields, {
      failed_node: nodeId,
      time_since_heartbeat: 110,
      max_missed: 3,
    });
  });

  it('waits for a second tolerance when most of the fleet falls silent at once', () => {
    const sim = new SimulatedFleet();
    const nodeIds = Array.from({ length: 5 }, () => sim.register());
    sim.passMs(110_000);
    assert.deepEqual(new Set(sim.registry.nodes().map(({ liveness }) => liveness)), new Set(['suspect']));
    assert.equal(sim.counters.get('secbeat_mass_silences_total'), 1);
    const deadAfter: number[] = [];
    // All but one come back after a minute; the last one gets a tolerance from then on.
    for (let seconds = 60; seconds <= 210; seconds += 30) {
      sim.passMs(seconds === 60 ? 60_000 : 30_000);
      for (const nodeId of nodeIds.slice(0, 4)) sim.registry.heartbeat(makeBeat(nodeId));
      deadAfter.push(sim.counters.get('orchestrator_nodes_marked_dead_total'));
    }
    assert.deepEqual(deadAfter, [0, 0, 0, 0, 1, 1]);
  });

  it('is believed of a whole fleet whose silence lasts', () => {
    const sim = new SimulatedFleet();
    for (let node = 0; node < 5; node += 1) sim.register();
    sim.passMs(220_000);
    assert.equal(sim.counters.get('orchestrator_nodes_marked_dead_total'), 5);
  });

  it('is not concluded from a standstill of the orchestrator', () => {
    const sim = new SimulatedFleet();
    const nodeId = sim.register();
    sim.sweeper.sweep();
    sim.clock.advanceMs(3_600_000);
    sim.sweeper.sweep();
    assert.notEqual(sim.status(nodeId), 'Dead');
    sim.registry.heartbeat(makeBeat(nodeId));
    sim.passMs(90_000);
    assert.equal(sim.status(nodeId), 'Active');
  });
});

it('forgets a node that has been dead for a week', () => {
  const sim = new SimulatedFleet();
  const nodeId = sim.register();
  sim.passMs(120_000);
  sim.clock.advanceMs(8 * 86_400_000);
  sim.sweeper.sweep();
  assert.equal(sim.status(nodeId), null);
  assert.equal(sim.counters.get('secbeat_nodes_forgotten_total'), 1);
});

it('pages through the nodes in the order of registration', () => {
  const sim = new SimulatedFleet();
  const nodeIds = Array.from({ length: 5 }, () => sim.register());
  const seen: string[] = [];
  let afterOrdinal: number | null = 0;
  while (afterOrdinal !== null) {
    const page = sim.registry.page({ afterOrdinal, offset: 0, limit: 2 });
    seen.push(...page.nodes.map((node) => node.node_id));
    afterOrdinal = page.nextOrdinal;
  }
  assert.deepEqual(seen, nodeIds);
  const last = sim.registry.page({ afterOrdinal: 0, offset: 4, limit: 2 });
  assert.deepEqual([last.nodes.length, last.nextOrdinal], [1, null]);
});

describe('a store that fails', () => {
  const inFailingStore = (title: string, check: (sim: SimulatedFleet, nodeId: string) => void) =>
    it(title, () => {
      const folder = mkdtempSync(join(tmpdir(), 'failing-store-'));
      const opened = openSqliteStore({ path: join(folder, 'fleet.db'), clock: new ManualClock() });
      assert.ok(opened.ok);
      const sim = new SimulatedFleet({ store: opened.value });
      const nodeId = sim.register();
      opened.value.close();
      try {
        check(sim, nodeId);
      } finally {
        rmSync(folder, { recursive: true });
      }
    });

  inFailingStore('lets no registration and no order be acknowledged', (sim, nodeId) => {
    const joined = sim.registry.register(makeRegistration());
    assert.deepEqual(joined, { ok: false, fault: 'store_unavailable' });
    const ordered = sim.registry.terminate(nodeId, PLAIN_ORDER);
    assert.deepEqual(ordered, { ok: false, fault: 'store_unavailable' });
    const ended = sim.registry.heartbeat(makeBeat(nodeId, { status: 'Terminating' }));
    assert.deepEqual(ended, { ok: false, fault: 'store_unavailable' });
    assert.equal(sim.registry.size, 1);
    assert.equal(sim.status(nodeId), 'Registered');
    assert.equal(sim.logged('The fleet store refuses writes').length, 1);
  });

  inFailingStore('does not stop heartbeats and the finding of silent nodes', (sim, nodeId) => {
    assert.ok(sim.registry.heartbeat(makeBeat(nodeId)).ok);
    sim.passMs(120_000);
    assert.equal(sim.status(nodeId), 'Dead');
    assert.notEqual(sim.fleet.storeFault, null);
  });
});

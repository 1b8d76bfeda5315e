import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { makeBeat, SimulatedFleet } from '../testing/simulated-fleet.ts';
import { type NodeStanding, standingOf } from './node-standing.ts';

function standing(sim: SimulatedFleet, nodeId: string): NodeStanding | undefined {
  const record = sim.fleet.record(nodeId);
  return record && standingOf(record, sim.fleet.liveness(record));
}

describe('how a node stands for a rollout', () => {
  it('is ready once it serves and has said what policy it runs', () => {
    const sim = new SimulatedFleet();
    const id = sim.register();
    assert.equal(standing(sim, id)?.condition, 'joining');
    sim.registry.heartbeat(makeBeat(id));
    assert.equal(standing(sim, id)?.condition, 'joining');
    sim.registry.heartbeat(makeBeat(id, { applied_revision: 3 }));
    const { condition, appliedRevision } = standing(sim, id)!;
    assert.deepEqual([condition, appliedRevision], ['ready', 3]);
  });

  it('is silent after a missed heartbeat, and dead once it was given up', () => {
    const sim = new SimulatedFleet();
    const ids = [sim.register(), sim.register(), sim.register()];
    const beat = (): void => {
      for (const id of ids.slice(1)) sim.registry.heartbeat(makeBeat(id, { applied_revision: 0 }));
    };
    sim.registry.heartbeat(makeBeat(ids[0]!, { applied_revision: 0 }));
    sim.passMs(40_000);
    assert.equal(standing(sim, ids[0]!)?.condition, 'silent');
    for (let turn = 0; turn < 20; turn++) {
      beat();
      sim.passMs(20_000);
    }
    assert.equal(standing(sim, ids[0]!)?.condition, 'dead');
    assert.equal(standing(sim, ids[1]!)?.condition, 'ready');
  });

  it('is leaving while it drains or ends, whoever wants that', () => {
    const sim = new SimulatedFleet();
    const [ordered, drains] = [sim.register(), sim.register()];
    sim.registry.terminate(ordered, { reason: 'a test', grace_period_seconds: null });
    sim.registry.heartbeat(makeBeat(drains, { status: 'Draining', applied_revision: 0 }));
    assert.equal(standing(sim, ordered)?.condition, 'leaving');
    assert.equal(standing(sim, drains)?.condition, 'leaving');
  });
});

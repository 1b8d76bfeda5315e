import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { makeBeat } from '../testing/simulated-fleet.ts';
import { fleetDemand, nodeDemand } from './demand.ts';

const NODE_ID = '00000000-0000-4000-8000-000000000001';
const IDLE = {
  ...makeBeat(NODE_ID).metrics,
  ...{ cpu_usage: 0, memory_usage: 20, active_connections: 0, requests_per_second: 0 },
};
const UNKNOWN = { requests_per_second: null, connections: null };
const PLAIN = { latencyTargetMs: null };

describe('the demand on a node', () => {
  it('is a share, whatever the units of the measurements', () => {
    assert.deepEqual(nodeDemand({ ...IDLE, cpu_usage: 85 }, UNKNOWN, PLAIN), { share: 0.85, binding: 'cpu' });
    assert.deepEqual(nodeDemand(IDLE, UNKNOWN, PLAIN), { share: 0, binding: 'cpu' });
  });

  it('is what the node is short of most', () => {
    const metrics = { ...IDLE, cpu_usage: 40, requests_per_second: 900, active_connections: 50 };
    const capacity = { requests_per_second: 1000, connections: 100 };
    assert.deepEqual(nodeDemand(metrics, capacity, PLAIN), { share: 0.9, binding: 'requests' });
    assert.deepEqual(nodeDemand(metrics, { ...capacity, connections: 52 }, PLAIN).binding, 'connections');
    assert.deepEqual(nodeDemand(metrics, UNKNOWN, PLAIN), { share: 0.4, binding: 'cpu' });
  });

  it('counts of the memory what is beyond the base load', () => {
    assert.equal(nodeDemand({ ...IDLE, memory_usage: 50 }, UNKNOWN, PLAIN).share, 0);
    const tight = nodeDemand({ ...IDLE, memory_usage: 95 }, UNKNOWN, PLAIN);
    assert.equal(tight.binding, 'memory');
    assert.ok(Math.abs(tight.share - 0.9) < 1e-9);
  });

  it('counts latency against a target only', () => {
    const slow = { ...IDLE, latency_ms: 150 };
    assert.equal(nodeDemand(slow, UNKNOWN, PLAIN).share, 0);
    assert.deepEqual(nodeDemand(slow, UNKNOWN, { latencyTargetMs: 200 }), {
      share: 0.75,
      binding: 'latency',
    });
  });

  it('is never beyond all that there is', () => {
    const metrics = { ...IDLE, requests_per_second: 5000 };
    assert.equal(nodeDemand(metrics, { requests_per_second: 10, connections: null }, PLAIN).share, 1);
  });
});

it('the demand on the fleet is the mean, with the resource that binds most nodes', () => {
  const demand = fleetDemand([
    { share: 0.2, binding: 'memory' },
    { share: 0.4, binding: 'requests' },
    { share: 0.9, binding: 'requests' },
  ]);
  assert.equal(demand?.binding, 'requests');
  assert.equal(demand?.measured, 3);
  assert.ok(Math.abs((demand?.share ?? 0) - 0.5) < 1e-9);
  assert.equal(fleetDemand([]), null);
});

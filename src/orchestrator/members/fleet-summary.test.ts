import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { NodeMetrics } from '../../messages/node-metrics.ts';
import { makeBeat, SimulatedFleet } from '../testing/simulated-fleet.ts';
import { countByStatus, summariseFleet } from './fleet-summary.ts';

function metrics(change: Partial<NodeMetrics>): NodeMetrics {
  return { ...makeBeat('').metrics, ...change };
}

it('has exactly the seven figures, all zero for an empty fleet', () => {
  assert.deepEqual(summariseFleet([]), {
    total_nodes: 0,
    active_nodes: 0,
    dead_nodes: 0,
    avg_cpu_usage: 0,
    avg_memory_usage: 0,
    total_pps: 0,
    total_connections: 0,
  });
});

it('takes means and sums over living nodes that sent figures, in percent', () => {
  const sim = new SimulatedFleet();
  const dead = sim.register();
  sim.registry.heartbeat(makeBeat(dead, { metrics: metrics({ cpu_usage: 100, active_connections: 1000 }) }));
  sim.passMs(90_000);
  const [one, two] = [sim.register(), sim.register()];
  sim.passMs(20_000);
  sim.register();
  const figures = { memory_usage: 50, packets_per_second: 7, active_connections: 3 };
  sim.registry.heartbeat(makeBeat(one, { metrics: metrics({ ...figures, cpu_usage: 20 }) }));
  sim.registry.heartbeat(
    makeBeat(two, { metrics: metrics({ ...figures, cpu_usage: 40 }), status: 'Draining' }),
  );
  assert.deepEqual(summariseFleet(sim.registry.nodes()), {
    total_nodes: 4,
    active_nodes: 1,
    dead_nodes: 1,
    avg_cpu_usage: 30,
    avg_memory_usage: 50,
    total_pps: 14,
    total_connections: 6,
  });
  assert.deepEqual(countByStatus(sim.registry.nodes()), {
    Starting: 0,
    Registered: 1,
    Active: 1,
    Draining: 1,
    Terminating: 0,
    Dead: 1,
  });
});

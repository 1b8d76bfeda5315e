import assert from 'node:assert/strict';
import { it } from 'node:test';
import { countByStatus } from './members/fleet-summary.ts';
import { formatOrchestratorMetrics, OrchestratorCounters } from './metrics.ts';
import { makeBeat, SimulatedFleet } from './testing/simulated-fleet.ts';

const QUIET = { massSilence: false, commandWaiters: 0, limitKeys: 0, uptimeSeconds: 1.5 };

it('publishes every counter from the start on, with help and type', () => {
  const nodesByStatus = countByStatus([]);
  const page = formatOrchestratorMetrics(new OrchestratorCounters(), { ...QUIET, nodesByStatus });
  const names = [
    'orchestrator_nodes_registered_total',
    'orchestrator_heartbeats_received_total',
    'orchestrator_heartbeats_unknown_node',
    'orchestrator_nodes_terminated_total',
    'orchestrator_nodes_marked_dead_total',
    'orchestrator_nodes_gracefully_terminated_total',
    'orchestrator_unexpected_node_failures_total',
    'orchestrator_self_healing_webhooks_sent_total',
    'orchestrator_self_healing_webhook_errors_total',
  ];
  for (const name of names) {
    assert.ok(page.includes(`# TYPE ${name} counter\n${name} 0\n`), name);
    assert.ok(page.includes(`# HELP ${name} `), name);
  }
  for (const name of ['orchestrator_total_nodes', 'orchestrator_active_nodes']) {
    assert.ok(page.includes(`# TYPE ${name} gauge\n${name} 0\n`), name);
  }
});

it('counts what happened and shows the fleet by status', () => {
  const sim = new SimulatedFleet();
  const nodeId = sim.register();
  sim.register();
  sim.registry.heartbeat(makeBeat(nodeId));
  const nodesByStatus = countByStatus(sim.registry.nodes());
  const page = formatOrchestratorMetrics(sim.counters, { ...QUIET, nodesByStatus });
  assert.match(page, /^orchestrator_nodes_registered_total 2$/m);
  assert.match(page, /^orchestrator_heartbeats_received_total 1$/m);
  assert.match(page, /^orchestrator_total_nodes 2$/m);
  assert.match(page, /^orchestrator_active_nodes 1$/m);
  assert.match(page, /^secbeat_fleet_nodes\{status="Registered"\} 1$/m);
});

/** Figures over the whole fleet. Pure. */
import type { FleetStats } from '../../messages/fleet-stats.ts';
import type { NodeInfo } from '../../messages/node-info.ts';
import { NODE_STATUSES, type NodeStatus } from '../../messages/node-words.ts';

/** The seven figures. Means and sums are over nodes that are not dead and have sent metrics. */
export function summariseFleet(nodes: Iterable<NodeInfo>): FleetStats {
  const counts = { total: 0, active: 0, dead: 0, measured: 0 };
  const sums = { cpu: 0, memory: 0, packets: 0, connections: 0 };
  for (const { status, metrics } of nodes) {
    counts.total += 1;
    if (status === 'Active') counts.active += 1;
    if (status === 'Dead') counts.dead += 1;
    if (status === 'Dead' || metrics === null) continue;
    counts.measured += 1;
    sums.cpu += metrics.cpu_usage;
    sums.memory += metrics.memory_usage;
    sums.packets += metrics.packets_per_second;
    sums.connections += metrics.active_connections;
  }
  const divisor = Math.max(counts.measured, 1);
  return {
    total_nodes: counts.total,
    active_nodes: counts.active,
    dead_nodes: counts.dead,
    avg_cpu_usage: sums.cpu / divisor,
    avg_memory_usage: sums.memory / divisor,
    total_pps: sums.packets,
    total_connections: sums.connections,
  };
}

/** How many nodes have each status. */
export function countByStatus(nodes: Iterable<NodeInfo>): Record<NodeStatus, number> {
  const counts = Object.fromEntries(NODE_STATUSES.map((status) => [status, 0])) as Record<NodeStatus, number>;
  for (const { status } of nodes) counts[status] += 1;
  return counts;
}

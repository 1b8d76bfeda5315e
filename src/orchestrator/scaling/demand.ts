/**
 * How much of what it can carry a node is asked for, as one share from 0 to 1. Pure.
 *
 * Each measurement becomes a share here and nowhere else, since figures of 0 to 100 and of 0 to 1 side by side make a
 * scaler grow for ever. The largest share binds: a node that is short of one thing does not gain from others that are
 * idle. What counts how:
 *
 * - processor: as measured;
 * - memory: only what is beyond the base load, which does not shrink when there are more nodes;
 * - requests and connections: of the capacity that the node has announced, if it has;
 * - latency: of the target, if there is one. Without one it says more about origins than about nodes.
 */
import type { NodeCapacity } from '../../messages/node-config.ts';
import type { NodeMetrics } from '../../messages/node-metrics.ts';

const RESOURCES = ['cpu', 'memory', 'requests', 'connections', 'latency'] as const;
export type Resource = (typeof RESOURCES)[number];

export interface NodeDemand {
  /** From 0 to 1. */
  readonly share: number;
  /** Which resource is asked for most. */
  readonly binding: Resource;
}

export interface DemandRule {
  /** Median time to answer that counts as full demand; null leaves latency out. */
  readonly latencyTargetMs: number | null;
}

/** Share of the memory of a machine that is taken whatever there is to do. */
const MEMORY_BASE = 0.5;

/** The demand on one node, as of its last heartbeat. */
export function nodeDemand(
  metrics: NodeMetrics,
  capacity: NodeCapacity,
  { latencyTargetMs }: DemandRule,
): NodeDemand {
  const shares: Readonly<Record<Resource, number>> = {
    cpu: metrics.cpu_usage / 100,
    memory: (metrics.memory_usage / 100 - MEMORY_BASE) / (1 - MEMORY_BASE),
    requests: shareOf(metrics.requests_per_second, capacity.requests_per_second),
    connections: shareOf(metrics.active_connections, capacity.connections),
    latency: shareOf(metrics.latency_ms, latencyTargetMs),
  };
  let binding: Resource = 'cpu';
  for (const resource of RESOURCES) if (shares[resource] > shares[binding]) binding = resource;
  return { share: Math.min(Math.max(shares[binding], 0), 1), binding };
}

export interface FleetDemand {
  /** Mean over the nodes that were measured, from 0 to 1. */
  readonly share: number;
  /** The resource that binds most nodes. */
  readonly binding: Resource;
  readonly measured: number;
}

/** The demand on all nodes together; null where none was measured. */
export function fleetDemand(demands: readonly NodeDemand[]): FleetDemand | null {
  if (demands.length === 0) return null;
  const votes: Record<Resource, number> = { cpu: 0, memory: 0, requests: 0, connections: 0, latency: 0 };
  let sum = 0;
  for (const { share, binding } of demands) {
    sum += share;
    votes[binding] += 1;
  }
  const binding = RESOURCES.reduce((most, resource) => (votes[resource] > votes[most] ? resource : most));
  return { share: sum / demands.length, binding, measured: demands.length };
}

function shareOf(amount: number, whole: number | null): number {
  return whole === null ? 0 : amount / whole;
}

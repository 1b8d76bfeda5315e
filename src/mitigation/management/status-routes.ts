/** GET /api/v1/status and /api/v1/stats: what the node does now and has done since it started. */
import { Hono } from 'hono';
import type { Clock } from '../../core/clock.ts';
import type { NodeControl, NodeStatus } from '../node-control.ts';
import { answerProbe } from '../telemetry/health.ts';

export function createStatusRoutes(control: NodeControl, clock: Clock): Hono {
  const routes = new Hono();
  routes.get('/status', (context) => context.json(statusView(control.status(), clock.wallMs())));
  routes.get('/stats', (context) => context.json(statsView(control.status(), clock.wallMs())));
  return routes;
}

function statusView(status: NodeStatus, wallMs: number): Record<string, unknown> {
  const facts = { state: status.state, workersAlive: status.workers.alive };
  return {
    status: status.state,
    mode: 'l7',
    uptime_seconds: status.uptimeSeconds,
    connections: connectionsView(status),
    health: answerProbe('health', facts, wallMs).body.status,
    node_id: status.nodeId,
    version: status.version,
    started_at: status.startedAt,
    control_link: status.controlLink,
    config_revision: status.configRevision,
    policy: {
      revision: status.fleet.revision,
      layers: status.fleet.layers.map(({ scope, revision }) => ({ scope, revision })),
    },
    under_attack: status.fleet.mode === 'under_attack',
    workers: status.workers,
  };
}

function statsView({ traffic, system, ...status }: NodeStatus, wallMs: number): Record<string, unknown> {
  return {
    timestamp: new Date(wallMs).toISOString(),
    uptime_seconds: status.uptimeSeconds,
    connections: connectionsView({ traffic }),
    requests: { total: traffic.requestsTotal, proxied: traffic.requestsProxied },
    blocks: { ddos: traffic.ddosBlocks, waf: traffic.wafBlocks, by_reason: traffic.blocksByReason },
    latency_ms: traffic.latencyMs,
    cpu_usage: system.cpuPercent,
    memory_usage: system.memoryPercent,
    memory_resident_bytes: system.residentBytes,
    packets_per_second: system.packetsPerSecond,
  };
}

function connectionsView({ traffic }: Pick<NodeStatus, 'traffic'>): Record<string, number> {
  return { active: traffic.connectionsActive, total: traffic.connectionsTotal };
}

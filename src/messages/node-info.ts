import { z } from 'zod';
import { nodeConfig } from './node-config.ts';
import { nodeMetrics } from './node-metrics.ts';
import { intent, liveness, nodeStatus, reportedStatus } from './node-words.ts';
import { count, ipAddress, nodeId, shortText, timestamp } from './wire.ts';

/** One node as the orchestrator publishes it. */
export const nodeInfo = z
  .object({
    node_id: nodeId,
    public_ip: ipAddress,
    last_heartbeat: timestamp.describe('The last heartbeat, or the registration before the first one.'),
    status: nodeStatus.describe('Computed from what is reported, intended and observed.'),
    metrics: nodeMetrics.nullable().describe('From the last heartbeat of the running process.'),
    registered_at: timestamp,
    config: nodeConfig,
    reported: reportedStatus,
    intent,
    liveness,
    applied_revision: count.nullable(),
    version: shortText.nullable(),
    management_url: z.string().nullable(),
  })
  .meta({ id: 'NodeInfo', description: 'One node of the fleet.' });

export type NodeInfo = z.output<typeof nodeInfo>;

import { z } from 'zod';
import { nodeMetrics } from './node-metrics.ts';
import { reportedStatus } from './node-words.ts';
import { count, epoch, nodeId } from './wire.ts';

/** The newest policy that the node could not put in force; the one before stays. */
export const refusedPolicy = z.object({ revision: count, reason: z.string().max(1024) });

/** `POST /nodes/heartbeat`. The node times nothing in it: arrival is what counts. */
export const heartbeatRequest = z
  .object({
    node_id: nodeId,
    status: reportedStatus,
    metrics: nodeMetrics,
    epoch: epoch.nullable().default(null),
    sequence: count
      .nullable()
      .default(null)
      .describe('Rises with every heartbeat of a process; an older one that arrives late changes nothing.'),
    applied_revision: count
      .nullable()
      .default(null)
      .describe('Revision of the policy that the node runs; 0 for its own configuration alone.'),
    refused_policy: refusedPolicy.nullable().default(null),
    ledger_seq: count
      .nullable()
      .default(null)
      .describe('Number of the newest entry that the node has in force.'),
    final: z
      .boolean()
      .nullable()
      .default(null)
      .describe(
        'With status Terminating: false while requests are still finished. Otherwise it is the last.',
      ),
  })
  .meta({ id: 'HeartbeatRequest', description: 'A sign of life.' });

export type HeartbeatRequest = z.output<typeof heartbeatRequest>;

/** The settings of the orchestrator itself. */
import { z } from 'zod';
import { listenAddress, token } from './values.ts';

export const fleetSchema = z
  .strictObject({
    listen_addr: listenAddress
      .default('127.0.0.1:3030')
      .describe('Where the orchestrator serves its API. An address that is not loopback needs token.'),
    metrics_addr: listenAddress
      .default('127.0.0.1:9091')
      .describe('Where the orchestrator serves GET /metrics.'),
    heartbeat_interval: z
      .int()
      .min(1)
      .max(3600)
      .default(30)
      .describe('Seconds between two heartbeats, as told to every node that registers.'),
    max_missed: z
      .int()
      .min(1)
      .max(1000)
      .default(3)
      .describe('Heartbeats that a node may miss before it can be declared dead.'),
    dead_node_check_interval: z
      .int()
      .min(1)
      .max(3600)
      .default(10)
      .describe('Seconds between two searches for silent nodes.'),
    token: token
      .optional()
      .meta({ description: 'Bearer token that every call of the API needs once it is set.', secret: true }),
  })
  .prefault({})
  .meta({ description: 'The orchestrator itself.', restart: true });

/** The Prometheus listener of the node. */
import { z } from 'zod';
import { listenAddress } from './values.ts';

export const metricsSchema = z
  .strictObject({
    listen_addr: listenAddress.default('127.0.0.1:9090').describe('Where the node serves GET /metrics.'),
    enabled: z.boolean().default(true).describe('Serve metrics in the Prometheus text format.'),
    update_interval: z
      .int()
      .min(1)
      .max(3600)
      .default(5)
      .describe('Seconds between two readings of the gauges.'),
    legacy_names: z
      .boolean()
      .default(true)
      .describe('Publish the metrics under their older names, without the prefix secbeat_, as well.'),
  })
  .prefault({})
  .meta({ description: 'Metrics of the node.', restart: true });

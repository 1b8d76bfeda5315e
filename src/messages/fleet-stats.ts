import { z } from 'zod';
import { amount, count, percent } from './wire.ts';

/** `GET /fleet/stats`: exactly these seven keys; more figures get a route of their own. */
export const fleetStats = z
  .strictObject({
    total_nodes: count.describe('All nodes but those that were terminated.'),
    active_nodes: count,
    dead_nodes: count,
    avg_cpu_usage: percent.describe('Mean over living nodes that sent metrics; 0 if there are none.'),
    avg_memory_usage: percent.describe('Mean over living nodes that sent metrics; 0 if there are none.'),
    total_pps: amount.describe('Packets a second, summed over living nodes that sent metrics.'),
    total_connections: count.describe('Open connections, summed over living nodes that sent metrics.'),
  })
  .meta({ id: 'FleetStats', description: 'The fleet in seven figures.' });

export type FleetStats = z.output<typeof fleetStats>;

import { z } from 'zod';
import { amount, count, percent } from './wire.ts';

/** One machine holds fewer; the sum over a fleet stays exact. */
const CONNECTIONS_MAX = 2 ** 32;

/** What a node measures between two heartbeats. */
export const nodeMetrics = z
  .object({
    cpu_usage: percent.describe('Busy share of the machine since the last heartbeat, 0 to 100.'),
    memory_usage: percent.describe('Used share of the memory of the machine, 0 to 100.'),
    packets_per_second: amount.describe(
      'Packets over the network interfaces; 0 where the kernel does not say.',
    ),
    active_connections: count.max(CONNECTIONS_MAX).describe('Client connections that are open now.'),
    total_requests: count.describe('Requests since the start of the process.'),
    ddos_blocks: count.describe('Refused for a limit, a ban or a list since the start of the process.'),
    waf_blocks: count.describe('Refused by the web application firewall; does not overlap ddos_blocks.'),
  })
  .meta({ id: 'NodeMetrics', description: 'Measurements of one node.' });

export type NodeMetrics = z.output<typeof nodeMetrics>;

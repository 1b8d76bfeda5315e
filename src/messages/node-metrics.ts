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
    server_errors: count.default(0).describe('Answers with 5xx since the start of the process.'),
    requests_per_second: amount.default(0).describe('Mean since the last heartbeat.'),
    latency_ms: amount
      .default(0)
      .describe('Median time to answer since the last heartbeat; 0 without requests.'),
    latency_p99_ms: amount.default(0).describe('The same that one request in a hundred exceeds.'),
    waf_blocks: count.describe('Refused by the web application firewall; does not overlap ddos_blocks.'),
  })
  .meta({ id: 'NodeMetrics', description: 'Measurements of one node.' });

export type NodeMetrics = z.output<typeof nodeMetrics>;

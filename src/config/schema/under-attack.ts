/** What becomes stricter while the fleet is under attack. */
import { z } from 'zod';

const factor = z.number().min(0.01).max(1);

export const underAttackSchema = z
  .strictObject({
    rate_factor: factor
      .default(0.5)
      .describe(
        'What is left of how often clients may come: requests_per_second, burst_size and max_new_connections_per_second, and rate, burst and count of every limit in [[limits]] and in sites. 1 changes nothing.',
      ),
    connections_factor: factor
      .default(0.5)
      .describe('What is left of max_connections_per_ip. 1 changes nothing.'),
    violations_factor: factor
      .default(0.5)
      .describe('What is left of the violations that lead to a ban. 1 changes nothing.'),
    enforce_observed: z
      .boolean()
      .default(false)
      .describe(
        'Enforce limits whose mode is "observe", so that limits can be prepared that hold during an attack only.',
      ),
    inbound_anomaly_threshold: z
      .int()
      .min(1)
      .max(1000)
      .default(3)
      .describe(
        'Anomaly score from which a request is refused, where waf.inbound_anomaly_threshold is higher. Sites and routes with a threshold of their own keep it, and so do rule files where none is written in [waf].',
      ),
  })
  .prefault({})
  .describe('What the mode "under attack", which the orchestrator switches on, makes stricter.');

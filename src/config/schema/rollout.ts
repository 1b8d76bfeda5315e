/** How a revision of policy reaches the nodes: in which steps, and what turns it back. */
import { z } from 'zod';
import { SECONDS_MAX } from './values.ts';

const STEPS_MAX = 10;

export const rolloutSchema = z
  .strictObject({
    shares: z
      .array(z.number().min(0.0001).max(1))
      .min(2)
      .max(STEPS_MAX)
      .refine(isRising, {
        error: 'must rise from step to step and end with 1',
        params: { suggestion: 'write for example [0.05, 0.5, 1]' },
      })
      .default([0.05, 0.5, 1])
      .describe(
        'Shares of the nodes that have a new revision after each step. The first step is at least one node, and never all where there are several.',
      ),
    observe_seconds: z
      .int()
      .min(0)
      .max(SECONDS_MAX)
      .default(60)
      .describe('Seconds for which the nodes of a step are observed before the next one.'),
    acknowledge_seconds: z
      .int()
      .min(1)
      .max(SECONDS_MAX)
      .default(60)
      .describe(
        'Seconds on top of two heartbeats in which a living node must have put a revision in force; otherwise it is taken back everywhere.',
      ),
    wait_for_nodes_seconds: z
      .int()
      .min(0)
      .max(SECONDS_MAX)
      .default(600)
      .describe('Seconds that a rollout waits for a healthy node to begin with; then it is taken back.'),
    block_share_rise_max: z
      .number()
      .min(0)
      .max(1)
      .default(0.05)
      .describe(
        'By how much the share of refused requests may rise on the nodes of a step, beyond what it does on the others.',
      ),
    error_share_rise_max: z
      .number()
      .min(0)
      .max(1)
      .default(0.02)
      .describe('The same for the share of answers with a 5xx status.'),
    latency_factor_max: z
      .number()
      .min(1)
      .max(1000)
      .default(2)
      .describe('The same for the time that answers take, as a factor.'),
  })
  .prefault({})
  .describe('How a new revision of policy is rolled out, unless the edit itself says otherwise.');

function isRising(shares: readonly number[]): boolean {
  return shares.at(-1) === 1 && shares.every((share, step) => step === 0 || share > shares[step - 1]!);
}

/** What the API shows of scaling, and what operators may ask of it. */
import { z } from 'zod';
import { count, longText, nodeId, shortText, timestamp } from './wire.ts';

const share = z.number().min(0);

export const scalingDecision = z
  .object({
    key: shortText,
    timestamp,
    action: z.enum(['up', 'down', 'heal']),
    reason: longText,
    node_id: nodeId.nullable().describe('The node that is to go or has failed.'),
    dry_run: z.boolean().describe('Recorded only.'),
    facts: z.record(z.string(), z.union([z.number(), z.string()])),
    by: z.object({ kind: shortText, id: shortText }),
    webhook: z
      .object({ outcome: z.enum(['delivered', 'given_up']), attempts: count, detail: longText })
      .nullable()
      .describe('How telling the provisioning receiver ended; null where it was not told, or not yet.'),
  })
  .meta({ id: 'ScalingDecision', description: 'One decision on the size of the fleet.' });

/** `GET /scaling`. */
export const scalingStatus = z
  .object({
    demand: z
      .object({ share, binding: shortText, measured_nodes: count })
      .nullable()
      .describe('Mean over the nodes that were measured: 0 for idle, 1 for all that they can carry.'),
    forecast: z
      .object({ expected: share, lower: share, upper: share, horizon_minutes: z.number() })
      .nullable()
      .describe('The same at the horizon; nine of ten outcomes are expected between lower and upper.'),
    nodes: count.describe('Nodes that are neither dead nor draining nor ending.'),
    awaited_nodes: count.describe('Nodes that were asked for and have not come yet.'),
    min_nodes: count,
    max_nodes: count,
    cooling_down: z.boolean(),
    doubtful: z
      .boolean()
      .describe('Much of the fleet is silent, or the orchestrator has just begun: nothing is decided.'),
    dry_run: z.boolean(),
    pending_webhooks: count,
    decisions: z.array(scalingDecision).describe('The newest first.'),
  })
  .meta({ id: 'ScalingStatus', description: 'What scaling sees and has decided.' });

/** `POST /scale`. */
export const scaleRequest = z
  .object({ target_nodes: z.int().min(0).max(10_000).describe('Nodes that the fleet is to have.') })
  .meta({ id: 'ScaleRequest', description: 'How large the fleet is to be.' });

export const scaleAnswer = z
  .object({
    success: z.literal(true),
    message: z.string(),
    dry_run: z.boolean(),
    decisions: z.array(shortText).describe('Keys of the decisions; empty where the fleet has that size.'),
  })
  .meta({ id: 'ScaleAnswer', description: 'What was decided.' });

export type ScalingStatus = z.output<typeof scalingStatus>;
export type ScaleAnswer = z.output<typeof scaleAnswer>;

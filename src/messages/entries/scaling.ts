/** Decisions about the size of the fleet. */
import { z } from 'zod';
import { longText, nodeId, shortText } from '../wire.ts';

export const scalingDecided = z.object({
  kind: z.literal('scaling_decided'),
  /** Names the decision, in the ledger and at whoever carries it out. */
  key: shortText.min(1),
  action: z.enum(['up', 'down', 'heal']),
  reason: longText,
  /** How many nodes more or fewer. */
  nodes: z.int().min(1).max(10_000),
  /** The node that is to go or has failed. */
  node: nodeId.nullable(),
  /** Nothing is carried out. */
  dry_run: z.boolean(),
  /** What the decision rests on, for people. */
  facts: z.record(shortText, z.union([z.number(), z.string().max(256)])),
});

export const webhookEnded = z.object({
  kind: z.literal('webhook_ended'),
  key: shortText.min(1),
  outcome: z.enum(['delivered', 'given_up']),
  attempts: z.int().min(1),
  detail: longText,
});

export type ScalingDecided = z.output<typeof scalingDecided>;
export type WebhookEnded = z.output<typeof webhookEnded>;

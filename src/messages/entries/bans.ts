/** Decisions about who is banned on all nodes. */
import { z } from 'zod';
import { banTarget } from '../ban-target.ts';
import { longText, wallMs } from '../wire.ts';

export const banSet = z.object({
  kind: z.literal('ban_set'),
  target: banTarget,
  reason: longText,
  /** Who found out: a person, a node by itself, or a list. */
  source: z.enum(['manual', 'automatic', 'feed']),
  /** From 0 to 1. */
  confidence: z.number().min(0).max(1),
  expires_at_ms: wallMs,
});

export const banLifted = z.object({ kind: z.literal('ban_lifted'), target: banTarget });

export type BanSet = z.output<typeof banSet>;

/**
 * The ledger: what was decided for more than one node, each decision an entry with a number. Numbers rise by one, and
 * whoever folds the same entries in their order comes to the same state.
 */
import { z } from 'zod';
import { banTarget } from './ban-target.ts';
import { count, longText, shortText } from './wire.ts';

/** Milliseconds since 1970 by the clock of the orchestrator. */
const wallMs = z.int().min(0);

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

/** How strict the whole fleet is. */
export const modeSet = z.object({ kind: z.literal('mode_set'), mode: z.enum(['normal', 'under_attack']) });

export const entryBody = z.discriminatedUnion('kind', [banSet, banLifted, modeSet]);

/** On whose word an entry was made. */
export const author = z.object({ kind: z.enum(['node', 'token', 'system']), id: shortText });

export const ledgerEntry = z.object({
  seq: count.min(1),
  at_ms: wallMs,
  by: author,
  body: entryBody,
});

export type BanSet = z.output<typeof banSet>;
export type FleetMode = z.output<typeof modeSet>['mode'];
export type EntryBody = z.output<typeof entryBody>;
export type Author = z.output<typeof author>;
export type LedgerEntry = z.output<typeof ledgerEntry>;

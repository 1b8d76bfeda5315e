/**
 * The ledger: what was decided for more than one node, each decision an entry with a number. Numbers rise by one, and
 * whoever folds the same entries in their order comes to the same state.
 */
import { z } from 'zod';
import { banLifted, banSet } from './entries/bans.ts';
import { commandIssued, commandResult } from './entries/commands.ts';
import {
  certificateRenewed,
  enrolmentTokenMade,
  nodeEnrolled,
  nodeRevoked,
  tokenMade,
  tokenRevoked,
} from './entries/identity.ts';
import { modeSet } from './entries/modes.ts';
import {
  policyAccepted,
  rolloutEnded,
  rolloutPaused,
  rolloutResumed,
  rolloutStarted,
  rolloutStep,
} from './entries/policies.ts';
import { scalingDecided, webhookEnded } from './entries/scaling.ts';
import { count, shortText, wallMs } from './wire.ts';

export const entryBody = z.discriminatedUnion('kind', [
  banSet,
  banLifted,
  modeSet,
  policyAccepted,
  rolloutStarted,
  rolloutStep,
  rolloutPaused,
  rolloutResumed,
  rolloutEnded,
  commandIssued,
  commandResult,
  enrolmentTokenMade,
  nodeEnrolled,
  certificateRenewed,
  nodeRevoked,
  tokenMade,
  tokenRevoked,
  scalingDecided,
  webhookEnded,
]);

/** On whose word an entry was made: `local` is whoever reaches a loopback listener that asks for no token. */
export const author = z.object({ kind: z.enum(['node', 'token', 'local', 'system']), id: shortText });

export const ledgerEntry = z.object({
  seq: count.min(1),
  at_ms: wallMs,
  by: author,
  /** What stood in its place, where something did. */
  before: z.record(shortText, z.unknown()).nullable(),
  body: entryBody,
});

export type EntryBody = z.output<typeof entryBody>;
export type Author = z.output<typeof author>;
export type LedgerEntry = z.output<typeof ledgerEntry>;

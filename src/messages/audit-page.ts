/** What was decided, by whom, and what stood in its place. */
import { z } from 'zod';
import { author } from './ledger-entry.ts';
import { count, timestamp } from './wire.ts';

export const auditEntry = z.object({
  seq: count,
  at: timestamp,
  by: author,
  kind: z.string(),
  before: z.record(z.string(), z.unknown()).nullable(),
  after: z.record(z.string(), z.unknown()),
});

export const auditPage = z.object({
  entries: z.array(auditEntry),
  /** For `after`, where there is more to be read; null behind the newest entry. */
  next: count.nullable(),
});

export type AuditEntry = z.output<typeof auditEntry>;

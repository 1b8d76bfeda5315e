import { z } from 'zod';
import { banTarget } from './ban-target.ts';
import { longText } from './wire.ts';

/** What a node has found out by itself, for all others to know. */
export const reportedBan = z.object({
  target: banTarget,
  reason: longText,
  confidence: z.number().min(0).max(1),
  duration_seconds: z.number().min(0).max(31_536_000),
  /** Whether a person has said so on that node. */
  manual: z.boolean(),
});

export const banReport = z
  .object({
    bans: z.array(reportedBan).max(1000),
    lifted: z
      .array(banTarget)
      .max(1000)
      .default([])
      .describe('Lifted before any of `bans` was made: a target in both was lifted and banned anew.'),
  })
  .meta({ id: 'BanReport', description: 'Bans of one node that hold for the whole fleet.' });

export const banReportAnswer = z
  .object({ taken: z.int().min(0).describe('How many became decisions; all others stood already.') })
  .meta({ id: 'BanReportAnswer', description: 'What became of a report.' });

export type ReportedBan = z.output<typeof reportedBan>;
export type BanReport = z.output<typeof banReport>;

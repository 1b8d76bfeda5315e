import { z } from 'zod';
import { commandResult } from './entries/commands.ts';

/** What a node has done with its commands; saying so twice is the same as saying it once. */
export const commandResults = z
  .object({ results: z.array(commandResult.omit({ kind: true, node: true })).max(100) })
  .meta({ id: 'CommandResults', description: 'What became of commands on one node.' });

export const commandResultsAnswer = z
  .object({ taken: z.int().min(0).describe('How many were waited for; all others are known or too late.') })
  .meta({ id: 'CommandResultsAnswer', description: 'What became of a report.' });

export type ReportedResult = z.output<typeof commandResults>['results'][number];

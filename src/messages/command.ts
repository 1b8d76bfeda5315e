import { z } from 'zod';
import { longText, shortText, timestamp } from './wire.ts';

/** One order to a node. Known by its id: doing it twice is the same as doing it once. */
export const command = z
  .object({
    command_id: shortText.min(1),
    command_type: shortText.describe('`terminate`; a node ignores types that it does not know.'),
    parameters: z.record(shortText, z.unknown()),
    timestamp,
  })
  .meta({ id: 'Command', description: 'An order to a node.' });

export type Command = z.output<typeof command>;

/** Parameters of a command of type `terminate`. */
export const terminateParameters = z
  .object({
    reason: longText,
    grace_period_seconds: z.number().min(0).max(86_400).nullable().default(null),
  })
  .meta({ id: 'TerminateParameters', description: 'How a node ends.' });

import { z } from 'zod';
import { nodeId, shortText } from './wire.ts';

/** The order is recorded durably; the node carries it out as soon as it hears of it. */
export const terminateAnswer = z
  .object({
    success: z.literal(true),
    message: z.string(),
    node_id: nodeId,
    command_id: shortText,
    grace_period_seconds: z.number().nullable(),
  })
  .meta({ id: 'TerminateAnswer', description: 'The order that stands.' });

export type TerminateAnswer = z.output<typeof terminateAnswer>;

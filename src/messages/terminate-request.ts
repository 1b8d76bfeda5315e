import { z } from 'zod';
import { longText } from './wire.ts';

/** `POST /nodes/{id}/terminate`; the body may be missing. */
export const terminateRequest = z
  .object({
    reason: longText.min(1).default('OPERATOR_REQUEST'),
    grace_period_seconds: z
      .number()
      .min(0)
      .max(86_400)
      .nullable()
      .default(null)
      .describe('Seconds for requests in progress; the node takes at most what it is configured for.'),
  })
  .meta({ id: 'TerminateRequest', description: 'Why and how gently a node shall end.' });

export type TerminateRequest = z.output<typeof terminateRequest>;

import { z } from 'zod';
import { timestamp } from './wire.ts';

/** `GET /health`: the process answers. */
export const healthAnswer = z
  .object({ status: z.literal('healthy'), timestamp, version: z.string() })
  .meta({ id: 'HealthAnswer', description: 'The process answers.' });

/** `GET /ready`: whether registrations and orders can be taken now. */
export const readyAnswer = z
  .object({
    status: z.enum(['ready', 'not_ready']),
    timestamp,
    reasons: z.array(z.string()).describe('What stands in the way; empty when ready.'),
  })
  .meta({ id: 'ReadyAnswer', description: 'Whether work is accepted.' });

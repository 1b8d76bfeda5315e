import { z } from 'zod';
import { controlAnswer } from './control-answer.ts';
import { nodeId } from './wire.ts';

/** The answer to a registration: identity, rhythm, and what is wanted of the node already. */
export const registrationAnswer = controlAnswer
  .extend({
    node_id: nodeId,
    heartbeat_interval: z.number().gt(0).max(86_400).describe('Seconds between two heartbeats.'),
    max_missed: z.int().min(1).max(1000).describe('Heartbeats that may be missed.'),
    endpoints: z.object({ heartbeat_url: z.string().max(2048), control_url: z.string().max(2048) }),
  })
  .meta({ id: 'RegistrationAnswer', description: 'Identity and rhythm of a registered node.' });

export type RegistrationAnswer = z.output<typeof registrationAnswer>;

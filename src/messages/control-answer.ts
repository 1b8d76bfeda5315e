import { z } from 'zod';
import { command } from './command.ts';
import { intent } from './node-words.ts';
import { count } from './wire.ts';

/** More cannot be pending for one node. */
const COMMANDS_MAX = 256;

/**
 * What the orchestrator wants of a node: the answer to a heartbeat and to `GET /nodes/{id}/commands`.
 *
 * The cursor counts what was ordered so far; a long poll that names the cursor it knows returns once it differs.
 */
export const controlAnswer = z
  .object({
    intent,
    policy_revision: count,
    commands: z.array(command).max(COMMANDS_MAX),
    config_update: z.record(z.string(), z.unknown()).nullable(),
    cursor: count,
  })
  .meta({ id: 'ControlAnswer', description: 'What the orchestrator wants of a node.' });

export type ControlAnswer = z.output<typeof controlAnswer>;

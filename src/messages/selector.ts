import { z } from 'zod';

/** Which nodes something is meant for. */
export const selector = z
  .string()
  .max(80)
  .regex(/^(?:all|(?:node|group|region|label):.{1,64})$/)
  .describe(
    '`all`, or `node:`, `group:`, `region:` or `label:` and a name; a label is one of the tags of a node.',
  );

export type Selector = z.output<typeof selector>;

import { z } from 'zod';

/** Every error answer: problem details (RFC 9457) with a code that programs can rely on. */
export const problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.string().describe('Stable name of the error.'),
    errors: z
      .array(z.object({ path: z.string(), message: z.string() }))
      .optional()
      .describe('Fields that are wrong.'),
  })
  .meta({ id: 'Problem', description: 'What went wrong.' });

export type Problem = z.output<typeof problem>;

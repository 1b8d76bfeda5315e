/** What is logged, and in which form. */
import { z } from 'zod';
import { filePath } from './values.ts';

export const loggingSchema = z
  .strictObject({
    level: z
      .enum(['debug', 'info', 'warn', 'error'])
      .default('info')
      .describe('Least severe level that is written.'),
    json_format: z
      .boolean()
      .default(false)
      .meta({ description: 'Write one JSON object a line instead of text.', restart: true }),
    file_path: filePath.optional().meta({
      description: 'File that log lines are appended to; without it they go to standard output.',
      restart: true,
    }),
    access_log: z.boolean().default(true).describe('Write a line for each request.'),
  })
  .prefault({})
  .describe('Log lines of all processes.');

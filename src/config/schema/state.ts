/** What is kept on disk. */
import { z } from 'zod';
import { filePath } from './values.ts';

export const stateSchema = z
  .strictObject({
    dir: filePath
      .default('state')
      .describe('Folder for the identity of the node, generated tokens and bans.'),
  })
  .prefault({})
  .meta({ description: 'What survives a restart.', restart: true });

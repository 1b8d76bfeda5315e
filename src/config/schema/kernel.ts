/** What the kernel is asked to do in front of the node. */
import { z } from 'zod';
import { filePath } from './values.ts';

export const kernelSchema = z
  .strictObject({
    nftables: z
      .boolean()
      .default(false)
      .describe(
        'Have the kernel drop packets of banned clients to the listening port, in a table of nftables of its own. Needs the right to change it (CAP_NET_ADMIN); without it the node says so and bans by itself as ever.',
      ),
    nft_path: filePath.default('nft').describe('The nft program; a bare name is looked for in PATH.'),
    entries_max: z
      .int()
      .min(1)
      .max(262_144)
      .default(65_536)
      .describe('Bans that the kernel holds at once; those beyond are enforced by the node alone.'),
  })
  .prefault({})
  .meta({ description: 'Bans inside the kernel.', restart: true });

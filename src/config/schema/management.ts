/** The management API of the node. */
import { z } from 'zod';
import { listenAddress, token } from './values.ts';

export const managementSchema = z
  .strictObject({
    enabled: z
      .boolean()
      .default(true)
      .meta({ description: 'Serve the management API of the node.', restart: true }),
    listen_addr: listenAddress
      .default('127.0.0.1:9999')
      .meta({ description: 'Where the management API listens.', restart: true }),
    auth_token: token.optional().meta({
      description:
        'Bearer token that every call needs but those for health. Without it one is made at the first start and kept in the state folder.',
      secret: true,
    }),
    shutdown_grace_period: z
      .int()
      .min(0)
      .max(3600)
      .default(60)
      .describe('Seconds that requests in progress get to finish when the node is told to end.'),
  })
  .prefault({})
  .describe('Management API of the node.');

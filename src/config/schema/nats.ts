/** The message bus, of which only the keys exist so far. */
import { z } from 'zod';
import { url } from './values.ts';

export const natsSchema = z
  .strictObject({
    enabled: z
      .boolean()
      .refine((enabled) => !enabled, {
        error: 'cannot be true: this version talks to the orchestrator over HTTP only',
        params: { suggestion: 'set it to false; commands and bans reach the node without NATS' },
      })
      .default(false)
      .describe('Must be false: this version talks to the orchestrator over HTTP only.'),
    server_url: url('nats', 'tls').default('nats://127.0.0.1:4222').describe('Where the NATS server is.'),
    publish_events: z.boolean().default(true).describe('Publish events of the firewall.'),
    consume_commands: z.boolean().default(true).describe('Obey commands.'),
    connect_timeout: z
      .int()
      .min(1)
      .max(3600)
      .default(10)
      .describe('Seconds in which a connection must be made.'),
    max_reconnects: z
      .int()
      .min(0)
      .max(1000)
      .default(10)
      .describe('Quick attempts to connect again; after them slow ones go on.'),
  })
  .prefault({})
  .meta({
    description: 'Message bus. The keys are read and checked, but nothing uses them in this version.',
    restart: true,
  });

/** The servers over which several orchestrators share the work, and events leave. */
import { z } from 'zod';
import { fail, ok } from '../../core/result.ts';
import { filePath, label, text, token, url } from './values.ts';

const FURTHER_SERVERS_MAX = 16;

const serverUrl = url('nats', 'tls');

const subjectPrefix = text('a name of up to 32 letters, digits and _ -', 32, (value) =>
  /^[A-Za-z0-9_-]+$/.test(value)
    ? ok(value)
    : fail({ message: 'must consist of letters, digits, _ and -', suggestion: 'secbeat' }),
);

export const natsSchema = z
  .strictObject({
    enabled: z
      .boolean()
      .default(false)
      .describe(
        'An orchestrator keeps decisions and nodes in NATS, beside others that do; a node publishes events there.',
      ),
    server_url: serverUrl.default('nats://127.0.0.1:4222').describe('Where the NATS server is.'),
    server_urls: z
      .array(serverUrl)
      .max(FURTHER_SERVERS_MAX)
      .default([])
      .describe(
        'Further servers of the same cluster, for the start; once connected, it names its servers itself.',
      ),
    user: label.optional().describe('Name to connect with; needs password.'),
    password: token.optional().meta({ description: 'Password of user.', secret: true }),
    token: token.optional().meta({ description: 'Token to connect with.', secret: true }),
    creds_path: filePath.optional().describe("File with a user's JWT and seed, to connect with."),
    ca_path: filePath
      .optional()
      .describe(
        'Certificate of the authority of the servers, in PEM. Unset, those of the system are trusted.',
      ),
    prefix: subjectPrefix
      .default('secbeat')
      .describe('What the names of subjects, streams and buckets begin with.'),
    replicas: z
      .int()
      .min(1)
      .max(5)
      .default(1)
      .describe(
        'Servers that keep a copy of each stream and bucket: 3 or 5 in a cluster. Counts when they are made.',
      ),
    publish_events: z
      .boolean()
      .default(true)
      .describe('A node publishes what its firewall has decided, an orchestrator publishes bans.'),
    consume_commands: z
      .boolean()
      .default(true)
      .describe(
        'The orchestrator in charge takes bans from PREFIX.commands.block, if it connects with credentials.',
      ),
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
    description: 'NATS with JetStream: several orchestrators, and events. See docs/nats.md.',
    restart: true,
  });

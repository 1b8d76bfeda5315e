/** The link from the node to its orchestrator. */
import { z } from 'zod';
import { COUNT_MAX, filePath, ipAddress, label, sha256Digest, token, url } from './values.ts';

const TAGS_MAX = 32;
const SERVER_URLS_MAX = 16;

export const registrationSchema = z
  .strictObject({
    retry_interval: z
      .int()
      .min(1)
      .max(3600)
      .default(10)
      .describe('Seconds between two attempts to register.'),
    max_retries: z
      .int()
      .min(0)
      .max(1000)
      .default(5)
      .describe('Attempts at that pace; after them the pauses grow to at most 60 seconds, for ever.'),
    timeout: z.int().min(1).max(3600).default(30).describe('Seconds in which the orchestrator must answer.'),
  })
  .prefault({})
  .describe('How the node registers.');

export const heartbeatSchema = z
  .strictObject({
    interval: z
      .int()
      .min(1)
      .max(3600)
      .default(30)
      .describe('Seconds between two heartbeats; the interval that the orchestrator answers with wins.'),
    timeout: z
      .int()
      .min(1)
      .max(3600)
      .default(10)
      .describe('Seconds in which the orchestrator must answer; less than interval.'),
    max_missed: z
      .int()
      .min(1)
      .max(1000)
      .default(3)
      .describe(
        'Heartbeats in a row that may fail before the node counts the link as lost. It serves on all the same.',
      ),
  })
  .prefault({})
  .describe('How the node reports that it is alive.');

export const orchestratorSchema = z
  .strictObject({
    enabled: z
      .boolean()
      .default(true)
      .describe('Register with an orchestrator. When false, the node runs alone.'),
    server_url: url('http', 'https')
      .default('http://127.0.0.1:3030')
      .describe('Where the API of the orchestrator is.'),
    server_urls: z
      .array(url('http', 'https'))
      .max(SERVER_URLS_MAX)
      .default([])
      .describe(
        'Where further orchestrators of the same fleet are; the node goes to another one when one fails.',
      ),
    node_id: z
      .uuid()
      .meta({ form: 'a UUID' })
      .optional()
      .describe(
        'Identity of the node. Without it one is made at the first start and kept in the state folder.',
      ),
    public_ip: ipAddress
      .optional()
      .describe('Address that is announced to the orchestrator; without it the host of network.listen_addr.'),
    public_port: z
      .int()
      .min(1)
      .max(65_535)
      .optional()
      .describe('Port that is announced to the orchestrator; without it that of network.listen_addr.'),
    group: label
      .default('default')
      .describe('Group that is announced to the orchestrator: what policy and commands can be meant for.'),
    region: label.optional().describe('Region that is announced to the orchestrator.'),
    weight: z
      .int()
      .min(0)
      .max(10_000)
      .default(100)
      .describe('Share of the traffic that the node is to get, in relation to other nodes; 0 for none.'),
    capacity_requests_per_second: z
      .int()
      .min(1)
      .max(1_000_000_000)
      .optional()
      .describe('Requests per second that the node can carry, if that was measured. Scaling counts with it.'),
    capacity_connections: z
      .int()
      .min(1)
      .max(COUNT_MAX)
      .optional()
      .describe('Client connections that the node can carry, if that was measured.'),
    tags: z.array(label).max(TAGS_MAX).default([]).describe('Tags that are announced to the orchestrator.'),
    node_type: label.default('mitigation').describe('Kind of node that is announced to the orchestrator.'),
    token: token
      .optional()
      .meta({ description: 'Bearer token for the orchestrator, equal to its fleet.token.', secret: true }),
    enrolment_token: token.optional().meta({
      description:
        'Token of secbeat enroll-token, with which the node gets its first certificate. Of no use afterwards.',
      secret: true,
    }),
    ca_path: filePath
      .optional()
      .describe(
        'Certificate of the authority of the orchestrator, in PEM. Unset, those of the system are trusted.',
      ),
    ca_fingerprint: sha256Digest
      .optional()
      .describe(
        'SHA-256 fingerprint of that certificate, in the place of ca_path: the node fetches it by itself.',
      ),
    registration: registrationSchema,
    heartbeat: heartbeatSchema,
  })
  .prefault({})
  .meta({
    description: 'How the node finds its orchestrator and what it tells about itself.',
    restart: true,
  });

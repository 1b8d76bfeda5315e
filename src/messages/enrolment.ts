/** Enrolment of nodes, and their certificates. */
import { z } from 'zod';
import { count, longText, nodeId, shortText, timestamp } from './wire.ts';

/** More than any request or certificate on the one kind of key has. */
const PEM_CHARACTERS_MAX = 8192;

const csr = z
  .string()
  .max(PEM_CHARACTERS_MAX)
  .describe('A request for a certificate (PKCS #10, PEM) on a key for ECDSA P-256.');

export const enrolmentTokenRequest = z.object({
  minutes: z
    .int()
    .min(1)
    .max(7 * 24 * 60)
    .default(60)
    .describe('How long the token can be used, once.'),
  note: longText.default('').describe('For people: which node it is meant for.'),
  group: shortText
    .min(1)
    .nullable()
    .default(null)
    .describe('The group that the node is in, whatever it says; without it the node says.'),
});

export const enrolmentTokenAnswer = z.object({
  id: shortText,
  token: z.string().describe('Shown this once.'),
  expires_at: timestamp,
  ca_fingerprint: z.string().describe('SHA-256 of the certificate of the authority, for the node.'),
});

export const enrolmentRequest = z.object({
  token: z.string().max(256),
  csr,
  node_id: nodeId.nullable().default(null).describe('The id that the node has; without it one is given.'),
});

export const certificateRequest = z.object({ csr });

export const certificateAnswer = z.object({
  node_id: nodeId,
  certificate: z.string().max(PEM_CHARACTERS_MAX),
  ca: z.string().max(PEM_CHARACTERS_MAX),
});

export const revokeRequest = z.object({ reason: longText.default('') });

export const decisionAnswer = z.object({
  success: z.literal(true),
  message: z.string(),
  seq: count.describe('Number of the decision in the ledger.'),
});

export type EnrolmentRequest = z.output<typeof enrolmentRequest>;

/** Decisions about who may speak: nodes by certificate, people and programs by token. Secrets stand here as hashes only. */
import { z } from 'zod';
import { longText, nodeId, shortText, wallMs } from '../wire.ts';

/** What a caller may do; each may do all that those before it may. */
export const ROLES = ['viewer', 'operator', 'admin'] as const;
export const role = z.enum(ROLES);

const secretHash = z.string().max(256);

/** For one enrolment. */
export const enrolmentTokenMade = z.object({
  kind: z.literal('enrolment_token_made'),
  id: shortText.min(1),
  hash: secretHash,
  expires_at_ms: wallMs,
  note: longText,
  /** The group that the node is in, whatever it says; null leaves it to the node. */
  group: shortText.min(1).nullable().default(null),
});

/** The token is used up, and the node has its first certificate. */
export const nodeEnrolled = z.object({
  kind: z.literal('node_enrolled'),
  node: nodeId,
  token: shortText.min(1),
  /** SHA-256 of the public key, so that the same node can ask again where the answer was lost. */
  key: shortText.min(1),
  serial: shortText.min(1),
  expires_at_ms: wallMs,
});

export const certificateRenewed = z.object({
  kind: z.literal('certificate_renewed'),
  node: nodeId,
  serial: shortText.min(1),
  expires_at_ms: wallMs,
});

/** No certificate of the node admits any more; it can be enrolled anew. */
export const nodeRevoked = z.object({ kind: z.literal('node_revoked'), node: nodeId, reason: longText });

export const tokenMade = z.object({
  kind: z.literal('token_made'),
  id: shortText.min(1),
  name: shortText.min(1),
  role,
  /** scrypt, with its parameters and salt. */
  hash: secretHash,
  expires_at_ms: wallMs.nullable(),
});

export const tokenRevoked = z.object({ kind: z.literal('token_revoked'), id: shortText.min(1) });

export type Role = z.output<typeof role>;

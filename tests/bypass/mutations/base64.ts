/** The text in base64 (RFC 4648): for origins that decode an argument so, which nothing but the origin knows. */
import { encoding, type Mutation } from '../mutation.ts';

export const base64: readonly Mutation[] = [
  encoding('base64', (payload) => encodeURIComponent(Buffer.from(payload, 'latin1').toString('base64'))),
  encoding('base64-url', (payload) => Buffer.from(payload, 'latin1').toString('base64url')),
];

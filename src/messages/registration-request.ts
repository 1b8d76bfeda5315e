import { z } from 'zod';
import { nodeConfig } from './node-config.ts';
import { epoch, ipAddress, nodeId, shortText } from './wire.ts';

/** `POST /nodes/register`: what a node says when it joins or comes back. */
export const registrationRequest = z
  .object({
    public_ip: ipAddress.describe('Address under which the node serves.'),
    config: nodeConfig,
    node_id: nodeId
      .nullable()
      .default(null)
      .describe('Identity of a node that was here before; without it a new one is made.'),
    version: shortText.nullable().default(null),
    management_url: z
      .url({ protocol: /^https?$/ })
      .max(512)
      .nullable()
      .default(null)
      .describe('Where the management API of the node is, if others can reach it.'),
    epoch: epoch.nullable().default(null),
  })
  .meta({ id: 'RegistrationRequest', description: 'A node that joins or comes back.' });

export type RegistrationRequest = z.output<typeof registrationRequest>;

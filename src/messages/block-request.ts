import { z } from 'zod';
import { longText, shortText, timestamp } from './wire.ts';

export const blockRequest = z
  .object({
    ip: z.string().max(64).describe('An address or a prefix.'),
    reason: longText,
    ttl_seconds: z.int().min(1).max(31_536_000).default(3600),
    metadata: z.record(shortText, z.string().max(256)).optional(),
  })
  .meta({ id: 'BlockRequest', description: 'A ban for the whole fleet.' });

export const blockAnswer = z
  .object({ success: z.boolean(), message: z.string(), command_id: z.string().nullable() })
  .meta({ id: 'BlockAnswer', description: 'What became of a ban.' });

const blockedIp = z.tuple([
  z.string(),
  z.object({
    reason: z.string(),
    blocked_at: timestamp,
    blocked_by: z.string(),
    ttl_seconds: z.int(),
    metadata: z.record(z.string(), z.string()),
  }),
]);

export const blockedIps = z
  .object({
    stats: z.object({ total_blocked_ips: z.int(), manual_blocks: z.int(), auto_blocks: z.int() }),
    blocked_ips: z.array(blockedIp),
  })
  .meta({ id: 'BlockedIps', description: 'All bans that the fleet shares.' });

export type BlockedIps = z.output<typeof blockedIps>;

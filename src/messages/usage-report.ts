/**
 * What a node tells of the keys of fleet-wide limits that are in use on it, and what it is allowed for each. A key is
 * a keyed hash: no address and no text of a client is in it.
 */
import { z } from 'zod';
import { count, epoch } from './wire.ts';

/** Keys that one node tells of at once. */
export const USAGE_KEYS_MAX = 512;
const COUNT_MAX = 65_535;
/** No limit has a window of more than a day; rounding adds a little. What is kept of a node is kept for a window. */
const WINDOW_MS_MAX = 2 * 86_400_000;
const LEASE_MS_MAX = 60_000;

/** Two words in hexadecimal. */
const words = z.string().regex(/^[0-9a-f]{16}$/);
const requests = z.int().min(0).max(COUNT_MAX);

export const keyUsage = z.object({
  key: words,
  used: z
    .int()
    .min(0)
    .max(8 * COUNT_MAX)
    .describe('Admitted in the window that ends now.'),
  allowance: requests.describe('What the node keeps to at this moment.'),
});

export const limitUsage = z.object({
  limit: words.describe('Names the limit: a hash of its site, name, keys and algorithm.'),
  count: z.int().min(1).max(COUNT_MAX).describe('Requests that the limit admits in a window.'),
  window_ms: z.int().min(1).max(WINDOW_MS_MAX),
  keys: z.array(keyUsage).max(USAGE_KEYS_MAX),
});

export const usageReport = z
  .object({
    epoch,
    sequence: count.describe(
      'Rises with every report of a process; an older one that arrives late is not heeded.',
    ),
    limits: z
      .array(limitUsage)
      .max(USAGE_KEYS_MAX)
      .describe('All keys that are in use enough; one that is missing is back at the own share of the node.'),
  })
  .meta({ id: 'UsageReport', description: 'What one node uses of fleet-wide limits.' });

export const usageAnswer = z
  .object({
    lease_ms: z
      .number()
      .min(0)
      .max(LEASE_MS_MAX)
      .describe('How long the allowances hold, from the moment at which the report was made.'),
    limits: z
      .array(
        z.object({
          limit: words,
          keys: z.array(z.object({ key: words, allowance: requests })).max(USAGE_KEYS_MAX),
        }),
      )
      .max(USAGE_KEYS_MAX),
  })
  .meta({ id: 'UsageAnswer', description: 'What the node may use of each key that it has told of.' });

export type LimitUsage = z.output<typeof limitUsage>;
export type KeyUsage = z.output<typeof keyUsage>;
export type UsageReport = z.output<typeof usageReport>;
export type UsageAnswer = z.output<typeof usageAnswer>;

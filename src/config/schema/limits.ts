/** Limits on whatever a request can be told by, for the whole node or for one site. */
import { z } from 'zod';
import { WINDOW_COUNT_MAX } from '../../core/limit-rate.ts';
import { fail, ok } from '../../core/result.ts';
import { quote } from '../fault.ts';
import { parseLimitKey } from '../limit-key.ts';
import { label, pathPrefix, SECONDS_MAX, text } from './values.ts';

const LIMITS_MAX = 64;
const KEYS_MAX = 8;
const FILTERS_MAX = 256;
const AS_NUMBER_MAX = 4_294_967_295;
const PER_SECOND_MAX = 1_000_000;
const DELAY_MS_MAX = 60_000;
/** A shorter window would be over before the nodes have agreed on it. */
const FLEET_WINDOW_SECONDS_MIN = 5;

const limitKey = text(
  'a key: client, prefix, path, host, method, ja4, country, asn, header:NAME or cookie:NAME',
  80,
  parseLimitKey,
);

const method = text('a method in capital letters', 32, (value) =>
  /^[A-Z][A-Z-]*$/.test(value)
    ? ok(value)
    : fail({ message: `must be a method in capital letters, not ${quote(value)}`, suggestion: null }),
);

export const countryCode = text('a country of two letters', 2, (value) =>
  /^[A-Za-z]{2}$/.test(value)
    ? ok(value)
    : fail({ message: `must be the two letters of a country, not ${quote(value)}`, suggestion: null }),
);

export const limitSchema = z.strictObject({
  name: label.describe(
    'Name in metrics and log lines, unique in its list. Levels are kept by it over a reload.',
  ),
  keys: z
    .array(limitKey)
    .min(1)
    .max(KEYS_MAX)
    .default(['client'])
    .describe(
      'What is counted by: `client` (as bans see it), `prefix` (IPv4 /24 and IPv6 /64, or as in `prefix:16/48`), `path`, `host`, `method`, `ja4`, `country`, `asn`, `header:NAME`, `cookie:NAME`. Several count together, by their combination. What a request does not have, or has twice, is stood for by the client.',
    ),
  path: pathPrefix
    .optional()
    .describe('Applies to requests at this path or below it only, however it is spelled.'),
  methods: z
    .array(method)
    .max(FILTERS_MAX)
    .default([])
    .describe('Applies to these methods only; empty for all.'),
  countries: z
    .array(countryCode)
    .max(FILTERS_MAX)
    .default([])
    .describe('Applies to clients of these countries only; empty for all. Needs data about addresses.'),
  asns: z
    .array(z.int().min(1).max(AS_NUMBER_MAX))
    .max(FILTERS_MAX)
    .default([])
    .describe(
      'Applies to clients of these networks (AS numbers) only; empty for all. Needs data about addresses.',
    ),
  algorithm: z
    .enum(['token_bucket', 'sliding_window'])
    .default('token_bucket')
    .describe(
      '`token_bucket`: in t seconds at most burst + rate x t requests. `sliding_window`: in any window_seconds at most count requests; each is forgotten at most a seventh of the window late.',
    ),
  rate: z
    .number()
    .min(0.001)
    .max(PER_SECOND_MAX)
    .default(10)
    .describe('Token bucket: requests a second for ever, to a thousandth.'),
  burst: z
    .int()
    .min(1)
    .max(PER_SECOND_MAX)
    .default(20)
    .describe('Token bucket: requests that may come at once.'),
  count: z
    .int()
    .min(1)
    .max(WINDOW_COUNT_MAX)
    .default(600)
    .describe('Sliding window: requests in one window.'),
  window_seconds: z
    .int()
    .min(1)
    .max(SECONDS_MAX)
    .default(60)
    .describe('Sliding window: its length in seconds.'),
  scope: z
    .enum(['node', 'fleet'])
    .default('node')
    .describe(
      '`node`: each node counts by itself. `fleet`: all nodes count together, through the orchestrator; needs `sliding_window`.',
    ),
  fleet_share: z
    .number()
    .min(0.01)
    .max(1)
    .default(0.25)
    .describe(
      'With scope `fleet`: the fraction of count, at least one request, that one node admits in a window by itself: at once, and for as long as the orchestrator is away. In any window N nodes admit at most count x (1 + (N - 1) x fleet_share) while it is there, count x N x fleet_share after it has gone.',
    ),
  mode: z
    .enum(['enforce', 'observe'])
    .default('enforce')
    .describe('`observe` counts and logs what would have been refused, and lets it pass.'),
  action: z
    .enum(['reject', 'tarpit', 'drop'])
    .default('reject')
    .describe(
      'What a refused request gets: `reject` answers 429 with Retry-After, `tarpit` does so after delay_ms, `drop` closes the connection without a word.',
    ),
  delay_ms: z
    .int()
    .min(250)
    .max(DELAY_MS_MAX)
    .default(5000)
    .describe(
      'Milliseconds for which a tarpit holds its answer back, to a quarter of a second. A worker holds 1024 back at once.',
    ),
  counts_as_violation: z
    .boolean()
    .default(false)
    .describe('Count refusals as violations of the client, which lead to a ban.'),
});

export const limitsSchema = z
  .array(limitSchema)
  .max(LIMITS_MAX)
  .default([])
  .superRefine((limits, context) => {
    const names = new Set<string>();
    for (const [index, limit] of limits.entries()) {
      const { name } = limit;
      if (names.has(name)) {
        const message = `is the name of another limit: ${quote(name)}`;
        context.addIssue({ code: 'custom', message, path: [index, 'name'] });
      }
      names.add(name);
      const fault = findFleetFault(limit);
      if (fault !== null) context.addIssue({ code: 'custom', ...fault, path: [index, ...fault.path] });
    }
  })
  .describe('Limits on whatever a request can be told by; repeat the table for each. See docs/limits.md.');

/** Why a limit cannot hold for the fleet; null where it can, or is not meant to. */
function findFleetFault({
  scope,
  algorithm,
  window_seconds: seconds,
}: z.output<typeof limitSchema>): { readonly message: string; readonly path: readonly string[] } | null {
  if (scope === 'node') return null;
  if (algorithm !== 'sliding_window') {
    return { message: 'must be sliding_window for the scope fleet', path: ['algorithm'] };
  }
  if (seconds >= FLEET_WINDOW_SECONDS_MIN) return null;
  const message = `must be at least ${FLEET_WINDOW_SECONDS_MIN} for the scope fleet: a shorter window is over before the nodes have agreed`;
  return { message, path: ['window_seconds'] };
}

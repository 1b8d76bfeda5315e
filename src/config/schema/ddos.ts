/** Limits, automatic bans and the two lists of the operator. */
import { z } from 'zod';
import { COUNT_MAX, prefixList, SECONDS_MAX } from './values.ts';

/** A year: long enough for "for good", and far from any overflow when multiplied by an escalation. */
const BAN_SECONDS_MAX = 31_536_000;

export const rateLimitingSchema = z
  .strictObject({
    requests_per_second: z
      .int()
      .min(1)
      .max(COUNT_MAX)
      .default(100)
      .describe('Requests a second that a client may send for ever, counted over all its connections.'),
    burst_size: z
      .int()
      .min(0)
      .max(COUNT_MAX)
      .default(50)
      .describe('Requests that may come at once on top of one second of the steady rate.'),
    window_seconds: z
      .int()
      .min(1)
      .max(SECONDS_MAX)
      .default(60)
      .describe('Seconds over which the violations of a client are counted.'),
    penalty_duration: z
      .int()
      .min(1)
      .max(SECONDS_MAX)
      .default(300)
      .describe(
        'Seconds after its last violation in which a client is first in line when load is shed. Checked, but not used by this version.',
      ),
  })
  .prefault({})
  .describe(
    'Token bucket of each client. In t seconds at most requests_per_second x (t + 1) + burst_size requests pass, whatever the number of workers; others are answered 429.',
  );

export const connectionLimitsSchema = z
  .strictObject({
    max_connections_per_ip: z
      .int()
      .min(1)
      .max(COUNT_MAX)
      .default(10)
      .describe('Connections that one client may hold at once.'),
    max_total_connections: z
      .int()
      .min(1)
      .max(COUNT_MAX)
      .default(1000)
      .describe('Connections of all clients at once, counted over the whole node.'),
    max_new_connections_per_second: z
      .int()
      .min(1)
      .max(COUNT_MAX)
      .default(50)
      .describe('New connections that one client may open in a second.'),
    max_concurrent_handshakes: z
      .int()
      .min(1)
      .max(COUNT_MAX)
      .default(1000)
      .describe(
        'TLS handshakes in progress at once, counted over the whole node. The last eighth is kept for clients that are known as good.',
      ),
  })
  .prefault({})
  .describe('Connections above these limits are closed before TLS costs anything.');

export const blacklistSchema = z
  .strictObject({
    enabled: z
      .boolean()
      .default(true)
      .describe('Ban clients that keep violating limits. When false, the two lists still apply.'),
    violation_threshold: z
      .int()
      .min(1)
      .max(COUNT_MAX)
      .default(10)
      .describe('Violations within rate_limiting.window_seconds that lead to a ban.'),
    blacklist_duration: z.int().min(1).max(BAN_SECONDS_MAX).default(3600).describe('Seconds of a first ban.'),
    escalation_multiplier: z
      .number()
      .min(1)
      .max(100)
      .default(2)
      .describe('Each further ban of the same client is longer than its last by this factor.'),
    max_blacklist_duration_seconds: z
      .int()
      .min(1)
      .max(BAN_SECONDS_MAX)
      .default(86_400)
      .describe('Seconds of the longest automatic ban.'),
    manual_blacklist: prefixList
      .default([])
      .describe(
        'Addresses and prefixes that are always refused. Where whitelist covers the same address, the longer prefix decides, and a tie refuses.',
      ),
    whitelist: prefixList
      .default([])
      .describe(
        'Addresses and prefixes that no limit and no automatic ban applies to. List neither private networks nor a balancer here: everything behind them would be exempt.',
      ),
  })
  .prefault({})
  .describe('Bans: automatic ones for repeated violations, and the two lists of the operator.');

export const ddosSchema = z
  .strictObject({
    enabled: z
      .boolean()
      .default(true)
      .describe('Apply limits and automatic bans. The two lists and the bans of operators always apply.'),
    ipv6_prefix: z
      .int()
      .min(32)
      .max(128)
      .default(64)
      .describe(
        'Leading bits of an IPv6 address that make one client. An IPv4 client is always one address.',
      ),
    tracked_clients_max: z.int().min(1024).max(4_194_304).default(131_072).meta({
      description:
        'Clients whose rates, connections and violations are remembered at once, 64 bytes each. Beyond it newcomers share an allowance; see docs/limits.md.',
      restart: true,
    }),
    limits_tracked_max: z.int().min(1024).max(8_388_608).default(262_144).meta({
      description:
        'Keys of all limits whose levels are remembered at once, about 61 bytes each. Beyond it new keys share an allowance; see docs/limits.md.',
      restart: true,
    }),
    bans_max: z
      .int()
      .min(1024)
      .max(4_194_304)
      .default(65_536)
      .meta({ description: 'Bans in force at once.', restart: true }),
    rate_limiting: rateLimitingSchema,
    connection_limits: connectionLimitsSchema,
    blacklist: blacklistSchema,
  })
  .prefault({})
  .describe('Limits, bans and lists.');

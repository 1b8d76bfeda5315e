/**
 * From configured limits to those that are applied.
 *
 * A limit is known from one configuration to the next by what it counts: its site, its name, its keys and its
 * algorithm. While these stay, levels stay; everything else may change under them.
 */
import { createHash } from 'node:crypto';
import { type LimitKey, parseLimitKey } from '../../config/limit-key.ts';
import type { Config } from '../../config/schema.ts';
import type { FleetShare } from '../../core/fleet-limit-table.ts';
import { packCountry } from '../../core/geo-table.ts';
import { type LimitRate, slidingWindow, tokenBucket } from '../../core/limit-rate.ts';
import { coarsePath } from './coarse-path.ts';
import {
  KEY_ASN,
  KEY_CLIENT,
  KEY_COOKIE,
  KEY_COUNTRY,
  KEY_HEADER,
  KEY_HOST,
  KEY_JA4,
  KEY_METHOD,
  KEY_PATH,
  KEY_PREFIX,
  type KeyPart,
  type LimitFilter,
  type LimitPolicy,
} from './limit-policy.ts';

type LimitConfig = Config['limits'][number];

const KINDS: Readonly<Record<LimitKey['kind'], number>> = {
  client: KEY_CLIENT,
  prefix: KEY_PREFIX,
  header: KEY_HEADER,
  cookie: KEY_COOKIE,
  path: KEY_PATH,
  ja4: KEY_JA4,
  country: KEY_COUNTRY,
  asn: KEY_ASN,
  host: KEY_HOST,
  method: KEY_METHOD,
};

/** Compiles the limits of a site, or with '' those of all, in their order. */
export function compileLimits(limits: readonly LimitConfig[], site: string): readonly LimitPolicy[] {
  return limits.map((limit) => ({
    name: limit.name,
    site,
    keysText: limit.keys.join(' + '),
    parts: limit.keys.map(compilePart),
    filter: compileFilter(limit),
    rate: compileRate(limit, site),
    fleet: limit.scope === 'fleet' ? compileShare(limit) : null,
    observes: limit.mode === 'observe',
    action: limit.action,
    delayMs: limit.action === 'tarpit' ? limit.delay_ms : 0,
    countsAsViolation: limit.counts_as_violation,
  }));
}

/** What a limit counts under, from one configuration to the next; the low word is not 0. */
export function limitIdentity(
  { name, keys, algorithm }: Pick<LimitConfig, 'name' | 'keys' | 'algorithm'>,
  site: string,
): { readonly low: number; readonly high: number } {
  const digest = createHash('sha256')
    .update([site, name, keys.join(' '), algorithm].join('\n'))
    .digest();
  return { low: digest.readInt32LE(0) || 1, high: digest.readInt32LE(4) };
}

function compilePart(text: string): KeyPart {
  const key = parseLimitKey(text);
  // The schema has read the same text before.
  if (!key.ok) throw new Error(`not a key: ${text}`);
  const part = key.value;
  return {
    kind: KINDS[part.kind],
    name: 'name' in part ? part.name : '',
    ipv4Bits: part.kind === 'prefix' ? part.ipv4Bits : 0,
    ipv6Bits: part.kind === 'prefix' ? part.ipv6Bits : 0,
  };
}

function compileRate(limit: LimitConfig, site: string): LimitRate {
  const { low, high } = limitIdentity(limit, site);
  return limit.algorithm === 'token_bucket'
    ? tokenBucket(low, high, limit.rate, limit.burst)
    : slidingWindow(low, high, limit.count, limit.window_seconds * 1000);
}

/** The fleet hears of a key before the node's own share is used up, so that more is there in time. */
function compileShare({ count, fleet_share: share }: LimitConfig): FleetShare {
  const own = Math.max(1, Math.floor(count * share));
  return { own, hotAt: Math.ceil(own / 2) };
}

function compileFilter({ path, methods, countries, asns }: LimitConfig): LimitFilter {
  return {
    path: path === undefined ? null : coarsePath(path),
    methods: setOf(methods),
    countries: setOf(countries.map(packCountry)),
    asns: setOf(asns),
  };
}

function setOf<Value>(values: readonly Value[]): ReadonlySet<Value> | null {
  return values.length === 0 ? null : new Set(values);
}

/**
 * Applies the configured limits to a request: those of the node first, then those of its site, each in the order of
 * the configuration.
 *
 * Each limit that applies is charged as it is checked. The first that has no room refuses the request: it and
 * those behind it are not charged, those before it stay so. A limit that only observes is noted and lets the request
 * pass. Where no limits are configured, this is two comparisons.
 */
import type { GeoTable } from '../../core/geo-table.ts';
import type { DropVerdict, RefuseVerdict } from '../../core/verdict.ts';
import type { LimitPolicy } from './limit-policy.ts';
import type { Limiter } from './limiter.ts';
import type { KeyedRequest } from './request-keys.ts';

export interface LimitedRequest extends KeyedRequest {
  /** Monotonic time at which the head was complete. */
  readonly startMs: number;
  /** The limit that refused the request, or else the first that would have; null where all had room. */
  limited: LimitPolicy | null;
}

/** Applies the limits in order; null lets the request pass. */
export function judgeLimits(
  request: LimitedRequest,
  general: readonly LimitPolicy[],
  ofSite: readonly LimitPolicy[],
  limiter: Limiter,
  geo: GeoTable | null,
): RefuseVerdict | DropVerdict | null {
  if (general.length === 0 && ofSite.length === 0) return null;
  limiter.begin(request, geo);
  const seconds = chargeAll(request, general, limiter) || chargeAll(request, ofSite, limiter);
  limiter.end();
  return seconds === 0 ? null : verdictOf(request.limited!, seconds);
}

/** 0, or the seconds to wait where a limit has refused the request. */
function chargeAll(request: LimitedRequest, limits: readonly LimitPolicy[], limiter: Limiter): number {
  for (let index = 0; index < limits.length; index++) {
    const limit = limits[index]!;
    const seconds = limiter.charge(limit, request.startMs);
    if (seconds === 0) continue;
    if (!limit.observes) {
      request.limited = limit;
      return seconds;
    }
    request.limited ??= limit;
  }
  return 0;
}

function verdictOf({ action, delayMs }: LimitPolicy, retryAfterSeconds: number): RefuseVerdict | DropVerdict {
  if (action === 'drop') return { kind: 'drop', reason: 'limit' };
  return { kind: 'refuse', reason: 'limit', status: null, location: null, retryAfterSeconds, delayMs };
}

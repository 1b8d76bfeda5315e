/** When a certificate is to be renewed. Pure. */

const DAY_MS = 86_400_000;
const SHARE_GONE = 2 / 3;
const SHARE_GONE_MIN = 1 / 2;

export interface Validity {
  /** Milliseconds since 1970. */
  readonly validFromMs: number;
  readonly validUntilMs: number;
}

/**
 * Two thirds into the lifetime, or the given days before its end; but never in its first half, lest a certificate that
 * lives shorter than those days be renewed without end.
 */
export function renewalTimeMs({ validFromMs, validUntilMs }: Validity, beforeDays: number | null): number {
  const lifetimeMs = validUntilMs - validFromMs;
  if (beforeDays === null) return validFromMs + lifetimeMs * SHARE_GONE;
  return Math.max(validUntilMs - beforeDays * DAY_MS, validFromMs + lifetimeMs * SHARE_GONE_MIN);
}

/** How much of something a limit lets pass, as the shared table needs it. */

/** Units of a token bucket in one request: rates are whole thousandths of a request a second. */
export const UNITS_PER_REQUEST = 1_000_000_000;

/** Slices of the window that an entry counts in; seven of them make the window. */
export const WINDOW_SLICES = 8;

/** Requests that a sliding window can count. */
export const WINDOW_COUNT_MAX = 65_535;

/** The limits of one identity; new ones take effect with the next call, and levels keep their meaning. */
export interface LimitRate {
  /** Names the limit from one configuration to the next: two random-looking words. */
  readonly identityLow: number;
  readonly identityHigh: number;
  /** Whether requests are counted in a sliding window; else in a token bucket. */
  readonly windowed: boolean;
  /** Token bucket: units that drain in a microsecond, a thousandth of a request a second each. */
  readonly unitsPerMicrosecond: number;
  /** Token bucket: units that fit at once. */
  readonly unitsMax: number;
  /** Sliding window: requests that fit into one. */
  readonly countMax: number;
  /** Sliding window: whole microseconds of a slice. */
  readonly sliceUs: number;
}

/** At most `burst` requests at once and `perSecond` (to a thousandth) from then on. */
export function tokenBucket(
  identityLow: number,
  identityHigh: number,
  perSecond: number,
  burst: number,
): LimitRate {
  return {
    identityLow,
    identityHigh,
    windowed: false,
    unitsPerMicrosecond: Math.max(1, Math.round(perSecond * 1000)),
    unitsMax: burst * UNITS_PER_REQUEST,
    countMax: 0,
    sliceUs: 1,
  };
}

/** At most `count` requests (up to `WINDOW_COUNT_MAX`) in any `windowMs` milliseconds. */
export function slidingWindow(
  identityLow: number,
  identityHigh: number,
  count: number,
  windowMs: number,
): LimitRate {
  return {
    identityLow,
    identityHigh,
    windowed: true,
    unitsPerMicrosecond: 1,
    unitsMax: 0,
    countMax: Math.min(count, WINDOW_COUNT_MAX),
    sliceUs: Math.ceil((windowMs * 1000) / (WINDOW_SLICES - 1)),
  };
}

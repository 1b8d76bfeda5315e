/**
 * A leaky bucket in whole numbers: the arithmetic behind every rate limit.
 *
 * The level counts what was admitted and has not drained yet, in millionths of a request. At `perSecond` requests a
 * second it drains by `perSecond` of these units in each microsecond, so levels and times are integers and nothing
 * is lost to rounding: in any t seconds at most capacity + perSecond * t requests pass, and of N at once exactly
 * `capacity`. It is a token bucket seen from the other side: an unused meter is simply 0, and a level stays a
 * number of requests when the limits around it change. Both limits must be whole numbers.
 */

/** Level that one request adds. */
export const REQUEST_UNITS = 1_000_000;

const RETRY_AFTER_SECONDS_MAX = 3600;

/** Whole microseconds of a monotonic time in milliseconds. */
export function toMicroseconds(nowMs: number): number {
  return Math.floor(nowMs * 1000);
}

/** The level after `elapsedUs` microseconds; a clock that is behind drains nothing. */
export function drainedLevel(level: number, elapsedUs: number, perSecond: number): number {
  const drained = elapsedUs > 0 ? elapsedUs * perSecond : 0;
  return drained < level ? level - drained : 0;
}

/** Whether one more request fits; its level is then `level + REQUEST_UNITS`. */
export function hasRoom(level: number, capacity: number): boolean {
  return level + REQUEST_UNITS <= capacity * REQUEST_UNITS;
}

/** Whole seconds until one request fits, from 1 to an hour. */
export function retryAfterSeconds(level: number, capacity: number, perSecond: number): number {
  const excess = level + REQUEST_UNITS - capacity * REQUEST_UNITS;
  if (excess <= 0) return 1;
  return Math.min(Math.ceil(excess / (perSecond * REQUEST_UNITS)), RETRY_AFTER_SECONDS_MAX);
}

/**
 * What is known of one key of one limit: 32 bytes, and the arithmetic on them.
 *
 *     0          8                             24       28
 *     | last us  | level |         |           | end    | check |     token bucket
 *     | start us | eight slices, newest first  | end    | check |     sliding window
 *
 * A token bucket holds what was admitted and has not drained yet, in billionths of a request: whole numbers, so in
 * any t seconds at most burst + rate * t requests pass, and of N at once exactly `burst`.
 *
 * A window counts in slices of a seventh of its length, the newest of which begins with the first request. The
 * eight slices together cover at least the window and at most a seventh more, so in no window do more than `count` requests
 * pass, and one that passed is forgotten at most a seventh of a window late. Two half-weighted windows would be
 * smaller, but let more than `count` pass.
 *
 * "end" is when a fresh entry in its place would behave the same, in ticks of 65.536 ms, rounded up, modulo 2^32: right
 * for ends up to 4.4 years ahead (later ones count as that) and 4.4 years past. It is kept, not worked out, because the neighbours in a group belong to other limits, whose rates the caller does not know.
 *
 * All functions expect the caller to hold the lock of the entry's group, and allocate nothing.
 */
import { type LimitRate, UNITS_PER_REQUEST, WINDOW_SLICES } from './limit-rate.ts';

/** Size of an entry and offsets in it, in 32-bit words. */
export const LIMIT_ENTRY_WORDS = 8;
const SLICES = 2;
const END = 6;
export const CHECK = 7;

/** Offsets in 64-bit words, from half the position of the entry. */
const LAST_US = 0;
const LEVEL = 1;

const TICK_US = 65_536;
/** The farthest that an end may lie ahead. */
const AHEAD_US_MAX = (2 ** 31 - 2) * TICK_US;
const RETRY_SECONDS_MAX = 86_400;

/** Three views of the same shared memory. */
export interface LimitMemory {
  readonly ints: Int32Array;
  readonly floats: Float64Array;
  readonly halves: Uint16Array;
}

/** Whole ticks of a time in microseconds, modulo 2^32; an entry is void from its end on. */
export function toTicks(nowUs: number): number {
  return Math.floor(nowUs / TICK_US) | 0;
}

export function isVoidEntry(ints: Int32Array, entry: number, nowTicks: number): boolean {
  return ((nowTicks - ints[entry + END]!) | 0) >= 0;
}

/** Makes an entry one that has counted nothing. */
export function clearEntry(memory: LimitMemory, entry: number, check: number): void {
  memory.ints.fill(0, entry, entry + LIMIT_ENTRY_WORDS);
  memory.ints[entry + CHECK] = check;
}

/** Makes an entry that of another key, which starts where `source` stands. */
export function inheritEntry(memory: LimitMemory, entry: number, check: number, source: number): void {
  memory.ints.copyWithin(entry, source, source + LIMIT_ENTRY_WORDS);
  memory.ints[entry + CHECK] = check;
}

/** Counts one request and returns 0; where it does not fit, counts nothing and returns the whole seconds to wait. */
export function chargeEntry(memory: LimitMemory, entry: number, nowUs: number, rate: LimitRate): number {
  return rate.windowed
    ? chargeWindow(memory, entry, nowUs, rate, rate.countMax)
    : chargeBucket(memory, entry, nowUs, rate);
}

/** Requests that a window's entry remembers. */
export function countWindow(
  memory: LimitMemory,
  entry: number,
  nowUs: number,
  { sliceUs }: LimitRate,
): number {
  const { floats, halves } = memory;
  const newest = (entry + SLICES) * 2;
  const steps = Math.max(0, Math.floor((nowUs - floats[(entry >> 1) + LAST_US]!) / sliceUs));
  return sumSlices(halves, newest, WINDOW_SLICES - Math.min(steps, WINDOW_SLICES));
}

function chargeBucket({ ints, floats }: LimitMemory, entry: number, nowUs: number, rate: LimitRate): number {
  const at = entry >> 1;
  const perUs = rate.unitsPerMicrosecond;
  // Threads read their clocks before they get the lock, so a time may be slightly behind.
  const elapsedUs = Math.max(0, nowUs - floats[at + LAST_US]!);
  const lastUs = floats[at + LAST_US]! + elapsedUs;
  const level = Math.max(0, floats[at + LEVEL]! - elapsedUs * perUs);
  const fits = level + UNITS_PER_REQUEST <= rate.unitsMax;
  const after = fits ? level + UNITS_PER_REQUEST : level;
  floats[at + LAST_US] = lastUs;
  floats[at + LEVEL] = after;
  setEnd(ints, entry, lastUs, after / perUs);
  return fits ? 0 : wholeSeconds((level + UNITS_PER_REQUEST - rate.unitsMax) / perUs);
}

/** As `chargeEntry` for a window, with room for `countMax` requests instead of what the rate says. */
export function chargeWindow(
  memory: LimitMemory,
  entry: number,
  nowUs: number,
  rate: LimitRate,
  countMax: number,
): number {
  const { ints, floats, halves } = memory;
  const { sliceUs } = rate;
  const at = (entry >> 1) + LAST_US;
  const newest = (entry + SLICES) * 2;
  const steps = Math.floor((nowUs - floats[at]!) / sliceUs);
  if (steps >= WINDOW_SLICES || sumSlices(halves, newest, WINDOW_SLICES) === 0) {
    halves.fill(0, newest, newest + WINDOW_SLICES);
    floats[at] = Math.max(nowUs, floats[at]!);
  } else if (steps > 0) {
    halves.copyWithin(newest + steps, newest, newest + WINDOW_SLICES - steps);
    halves.fill(0, newest, newest + steps);
    floats[at] = floats[at]! + steps * sliceUs;
  }
  const count = sumSlices(halves, newest, WINDOW_SLICES);
  if (count < countMax) {
    halves[newest] = halves[newest]! + 1;
    setEnd(ints, entry, floats[at]!, WINDOW_SLICES * sliceUs);
    return 0;
  }
  return wholeSeconds(roomAtUs(halves, newest, count - countMax, floats[at]!, sliceUs) - nowUs);
}

/** When so many of the oldest slices are forgotten that one more request fits. */
function roomAtUs(
  halves: Uint16Array,
  newest: number,
  excess: number,
  startUs: number,
  sliceUs: number,
): number {
  let kept = excess;
  let slice = WINDOW_SLICES;
  while (slice > 0 && kept >= 0) kept -= halves[newest + --slice]!;
  return startUs + (WINDOW_SLICES - slice) * sliceUs;
}

function sumSlices(halves: Uint16Array, newest: number, slices: number): number {
  let sum = 0;
  for (let at = newest; at < newest + slices; at++) sum += halves[at]!;
  return sum;
}

function setEnd(ints: Int32Array, entry: number, startUs: number, durationUs: number): void {
  ints[entry + END] = Math.ceil((startUs + Math.min(durationUs, AHEAD_US_MAX)) / TICK_US) | 0;
}

function wholeSeconds(microseconds: number): number {
  return Math.min(Math.max(Math.ceil(microseconds / 1e6), 1), RETRY_SECONDS_MAX);
}

/**
 * What is known of one client: 64 bytes, one cache line, and the arithmetic on them.
 *
 *     0         16        24              32                 40              48            52          56
 *     | key     | last us | request level | connection level | slice start ms | connections | penalty ms | slices |
 *
 * Both levels are rate meters, drained up to "last us". Violations are counted in eight slices of the window, a
 * byte each, the newest first. The newest slice begins at "slice start", and the penalty ends "penalty ms" after
 * it. The first violation starts the first slice, so violations that fall into one window from there are
 * counted exactly; later the eight slices cover between 7/8 of a window and a whole one. Nothing older than the
 * window ever counts, so nobody is banned for what the operator told us to forget. Two half-weighted windows
 * would be smaller, but they ban for violations outside the window and miss some inside it.
 *
 * All functions expect the caller to hold the lock of the entry's group, and allocate nothing.
 */
import type { ClientLimits } from './client-limits.ts';
import type { AddressWords } from './ip.ts';
import { drainedLevel } from './rate-meter.ts';

/** Size of an entry and offsets in it, in 32-bit words. */
export const ENTRY_WORDS = 16;
export const CONNECTIONS = 12;
const PENALTY_MS = 13;
const SLICES = 14;

/** Offsets in 64-bit words, from half the position of the entry. */
export const LAST_US = 2;
export const REQUEST_LEVEL = 3;
export const CONNECTION_LEVEL = 4;
const SLICE_START_MS = 5;

const SLICE_COUNT = 8;
const SLICE_MAX = 255;
const PENALTY_MS_MAX = 2 ** 31 - 1;

/** Three views of the same shared memory. */
export interface ClientMemory {
  readonly ints: Int32Array;
  readonly floats: Float64Array;
  readonly bytes: Uint8Array;
}

export function hasKey(ints: Int32Array, entry: number, words: AddressWords): boolean {
  return (
    ints[entry + 3] === words[3] &&
    ints[entry + 2] === words[2] &&
    ints[entry + 1] === words[1] &&
    ints[entry] === words[0]
  );
}

/** Brings both levels up to now. */
export function settleEntry(memory: ClientMemory, entry: number, nowUs: number, limits: ClientLimits): void {
  const { floats } = memory;
  const at = entry >> 1;
  const elapsedUs = nowUs - floats[at + LAST_US]!;
  // Threads read their clocks before they get the lock, so a time may be slightly behind.
  if (elapsedUs <= 0) return;
  floats[at + LAST_US] = nowUs;
  floats[at + REQUEST_LEVEL] = drainedLevel(floats[at + REQUEST_LEVEL]!, elapsedUs, limits.requestsPerSecond);
  floats[at + CONNECTION_LEVEL] = drainedLevel(
    floats[at + CONNECTION_LEVEL]!,
    elapsedUs,
    limits.newConnectionsPerSecond,
  );
}

/** Whether a fresh entry in its place would behave the same. */
export function isVoidEntry(
  memory: ClientMemory,
  entry: number,
  nowUs: number,
  limits: ClientLimits,
): boolean {
  const { ints, floats } = memory;
  const at = entry >> 1;
  const elapsedUs = nowUs - floats[at + LAST_US]!;
  if (ints[entry + CONNECTIONS] !== 0) return false;
  if (drainedLevel(floats[at + REQUEST_LEVEL]!, elapsedUs, limits.requestsPerSecond) > 0) return false;
  if (drainedLevel(floats[at + CONNECTION_LEVEL]!, elapsedUs, limits.newConnectionsPerSecond) > 0)
    return false;
  const startMs = floats[at + SLICE_START_MS]!;
  if (startMs === 0) return true;
  const rememberedMs = Math.max(limits.violationWindowMs, ints[entry + PENALTY_MS]!);
  return nowUs >= (startMs + rememberedMs) * 1000;
}

/** Makes the entry that of another client, with the levels of `source`, an entry brought up to now. */
export function resetEntry(memory: ClientMemory, entry: number, words: AddressWords, source: number): void {
  const { ints, floats } = memory;
  for (let word = 0; word < 4; word++) ints[entry + word] = words[word]!;
  const at = entry >> 1;
  const sourceAt = source >> 1;
  floats[at + LAST_US] = floats[sourceAt + LAST_US]!;
  floats[at + REQUEST_LEVEL] = floats[sourceAt + REQUEST_LEVEL]!;
  floats[at + CONNECTION_LEVEL] = floats[sourceAt + CONNECTION_LEVEL]!;
  floats[at + SLICE_START_MS] = 0;
  ints[entry + CONNECTIONS] = 0;
  ints[entry + PENALTY_MS] = 0;
  shiftSlices(memory.bytes, entry, SLICE_COUNT);
}

/** Counts one violation and renews the penalty; true where the count reached its maximum and starts anew. */
export function countViolation(
  memory: ClientMemory,
  entry: number,
  nowMs: number,
  limits: ClientLimits,
): boolean {
  const { ints, floats, bytes } = memory;
  const at = (entry >> 1) + SLICE_START_MS;
  const sliceMs = limits.violationWindowMs / SLICE_COUNT;
  const steps = Math.floor((nowMs - floats[at]!) / sliceMs);
  if (steps >= SLICE_COUNT || sumSlices(bytes, entry) === 0) {
    shiftSlices(bytes, entry, SLICE_COUNT);
    floats[at] = nowMs;
  } else if (steps > 0) {
    shiftSlices(bytes, entry, steps);
    floats[at] = floats[at]! + steps * sliceMs;
  }
  ints[entry + PENALTY_MS] = Math.min(Math.ceil(nowMs - floats[at]! + limits.penaltyMs), PENALTY_MS_MAX);
  addToSlices(bytes, entry);
  if (sumSlices(bytes, entry) < Math.min(limits.violationsMax, SLICE_COUNT * SLICE_MAX)) return false;
  shiftSlices(bytes, entry, SLICE_COUNT);
  return true;
}

export function isPenalisedEntry(memory: ClientMemory, entry: number, nowMs: number): boolean {
  const penaltyMs = memory.ints[entry + PENALTY_MS]!;
  return penaltyMs > 0 && nowMs < memory.floats[(entry >> 1) + SLICE_START_MS]! + penaltyMs;
}

/** Adds one to the newest slice that has room; in an older one it is merely forgotten sooner. */
function addToSlices(bytes: Uint8Array, entry: number): void {
  const first = (entry + SLICES) * 4;
  for (let at = first; at < first + SLICE_COUNT; at++) {
    if (bytes[at]! < SLICE_MAX) {
      bytes[at] = bytes[at]! + 1;
      return;
    }
  }
}

function sumSlices(bytes: Uint8Array, entry: number): number {
  const first = (entry + SLICES) * 4;
  let sum = 0;
  for (let at = first; at < first + SLICE_COUNT; at++) sum += bytes[at]!;
  return sum;
}

/** Moves each count to a slice that is `steps` older and drops what falls off the end. */
function shiftSlices(bytes: Uint8Array, entry: number, steps: number): void {
  const first = (entry + SLICES) * 4;
  for (let slice = SLICE_COUNT - 1; slice >= 0; slice--) {
    bytes[first + slice] = slice >= steps ? bytes[first + slice - steps]! : 0;
  }
}

/**
 * What is known of one client: 40 bytes, and the arithmetic on them.
 *
 *     0                                                            24            28           32
 *     | last us, request level, connection level, slice start us   | connections | penalty ms | slices |
 *
 * Both levels are rate meters, drained up to "last us". Violations are counted in eight slices of the window, a
 * byte each, the newest first. The newest slice begins at "slice start", and the penalty ends "penalty ms" after
 * it. The first violation starts the first slice, so violations that fall into one window from there are
 * counted exactly; later the eight slices cover between 7/8 of a window and a whole one. Nothing older than the
 * window ever counts, so nobody is banned for what the operator told us to forget. Two half-weighted windows
 * would be smaller, but they ban for violations outside the window and miss some inside it.
 *
 * Who the client is stands in the tags of the group (client-groups.ts), not here.
 *
 * All functions expect the caller to hold the lock of the entry's group, and allocate nothing.
 */
import type { ClientLimits } from './client-limits.ts';
import {
  type ClientMemory,
  CONNECTION_LEVEL,
  elapsedSince,
  LAST_US,
  NUMBERS_WORDS,
  REQUEST_LEVEL,
  readLevel,
  SLICE_START_US,
  writeNumber,
} from './client-numbers.ts';
import { drainedLevel } from './rate-meter.ts';

/** Size of an entry and offsets in it, in 32-bit words. */
export const CLIENT_ENTRY_WORDS = 10;
export const CONNECTIONS = NUMBERS_WORDS;
const PENALTY_MS = 7;
const SLICES = 8;

const SLICE_COUNT = 8;
const SLICE_MAX = 255;
const PENALTY_MS_MAX = 2 ** 31 - 1;

/** Brings both levels up to now. */
export function settleEntry(memory: ClientMemory, entry: number, nowUs: number, limits: ClientLimits): void {
  const elapsedUs = elapsedSince(memory, entry, LAST_US, nowUs);
  const requests = readLevel(memory, entry, REQUEST_LEVEL);
  const connections = readLevel(memory, entry, CONNECTION_LEVEL);
  // Threads read their clocks before they get the lock, so a time may be slightly behind. Where there is nothing to
  // drain it is as good as any, and an entry that was never used takes its first time so.
  if (elapsedUs <= 0 && requests + connections > 0) return;
  writeNumber(memory, entry, LAST_US, nowUs);
  if (requests > 0) {
    const level = drainedLevel(requests, elapsedUs, limits.requestsPerSecond);
    writeNumber(memory, entry, REQUEST_LEVEL, level);
  }
  if (connections > 0) {
    const level = drainedLevel(connections, elapsedUs, limits.newConnectionsPerSecond);
    writeNumber(memory, entry, CONNECTION_LEVEL, level);
  }
}

/** Whether a fresh entry in its place would behave the same. */
export function isVoidEntry(
  memory: ClientMemory,
  entry: number,
  nowUs: number,
  limits: ClientLimits,
): boolean {
  const { ints } = memory;
  if (ints[entry + CONNECTIONS] !== 0) return false;
  const elapsedUs = elapsedSince(memory, entry, LAST_US, nowUs);
  const { requestsPerSecond, newConnectionsPerSecond } = limits;
  if (drainedLevel(readLevel(memory, entry, REQUEST_LEVEL), elapsedUs, requestsPerSecond) > 0) return false;
  if (drainedLevel(readLevel(memory, entry, CONNECTION_LEVEL), elapsedUs, newConnectionsPerSecond) > 0)
    return false;
  const penaltyMs = ints[entry + PENALTY_MS]!;
  if (penaltyMs === 0 && hasNoViolation(ints, entry)) return true;
  const rememberedMs = Math.max(limits.violationWindowMs, penaltyMs);
  return elapsedSince(memory, entry, SLICE_START_US, nowUs) >= rememberedMs * 1000;
}

/** Makes the entry that of another client, with the levels of `source`, an entry brought up to now. */
export function resetEntry({ ints }: ClientMemory, entry: number, source: number): void {
  for (let word = 0; word < NUMBERS_WORDS; word++) ints[entry + word] = ints[source + word]!;
  for (let word = NUMBERS_WORDS; word < CLIENT_ENTRY_WORDS; word++) ints[entry + word] = 0;
}

/** Counts one violation and renews the penalty; true where the count reached its maximum and starts anew. */
export function countViolation(
  memory: ClientMemory,
  entry: number,
  nowUs: number,
  limits: ClientLimits,
): boolean {
  const { ints, bytes } = memory;
  const sliceUs = (limits.violationWindowMs * 1000) / SLICE_COUNT;
  let elapsedUs = elapsedSince(memory, entry, SLICE_START_US, nowUs);
  const steps = Math.floor(elapsedUs / sliceUs);
  if (steps >= SLICE_COUNT || hasNoViolation(ints, entry)) {
    clearSlices(ints, entry);
    elapsedUs = 0;
    writeNumber(memory, entry, SLICE_START_US, nowUs);
  } else if (steps > 0) {
    shiftSlices(bytes, entry, steps);
    elapsedUs -= steps * sliceUs;
    writeNumber(memory, entry, SLICE_START_US, nowUs - elapsedUs);
  }
  ints[entry + PENALTY_MS] = Math.min(Math.ceil(elapsedUs / 1000 + limits.penaltyMs), PENALTY_MS_MAX);
  addToSlices(bytes, entry);
  if (sumSlices(bytes, entry) < Math.min(limits.violationsMax, SLICE_COUNT * SLICE_MAX)) return false;
  clearSlices(ints, entry);
  return true;
}

export function isPenalisedEntry(memory: ClientMemory, entry: number, nowUs: number): boolean {
  const penaltyMs = memory.ints[entry + PENALTY_MS]!;
  return penaltyMs > 0 && elapsedSince(memory, entry, SLICE_START_US, nowUs) < penaltyMs * 1000;
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
  bytes.copyWithin(first + steps, first, first + SLICE_COUNT - steps);
  bytes.fill(0, first, first + steps);
}

/** All eight slices, seen as two words. */
function hasNoViolation(ints: Int32Array, entry: number): boolean {
  return (ints[entry + SLICES]! | ints[entry + SLICES + 1]!) === 0;
}

function clearSlices(ints: Int32Array, entry: number): void {
  ints[entry + SLICES] = 0;
  ints[entry + SLICES + 1] = 0;
}

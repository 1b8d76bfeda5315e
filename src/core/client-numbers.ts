/**
 * The four numbers of a client's entry: two times and two levels, whole numbers of 48 bits, six bytes each.
 *
 *     | low 32 bits of each of the four | high 16 bits of each of the four |
 *
 * 48 bits are exact for all that is kept. A level is in millionths of a request, and 281 million requests fit, ten
 * times the largest limit that can be configured. A time is in microseconds modulo 2^48, which is 8.9 years, and only
 * the time since then is ever asked for. The answer is right for entries that were used within 8.9 years, and for
 * clocks that are up to 71 minutes behind the one that wrote the time.
 */

/** Three views of the same shared memory. */
export interface ClientMemory {
  readonly ints: Int32Array;
  readonly halves: Uint16Array;
  readonly bytes: Uint8Array;
}

/** Which of the four: times in microseconds, levels in millionths of a request. */
export const LAST_US = 0;
export const REQUEST_LEVEL = 1;
export const CONNECTION_LEVEL = 2;
export const SLICE_START_US = 3;

/** Size of all four in 32-bit words, from the start of the entry. */
export const NUMBERS_WORDS = 6;
/** Offset of the high parts in 16-bit words, from twice the position of the entry. */
const HIGH_PARTS = 8;
const LOW_RANGE = 2 ** 32;

export function readLevel({ ints, halves }: ClientMemory, entry: number, level: number): number {
  return halves[entry * 2 + HIGH_PARTS + level]! * LOW_RANGE + (ints[entry + level]! >>> 0);
}

/** Writes a level, or a time, of which the lower 48 bits are kept. */
export function writeNumber(memory: ClientMemory, entry: number, number: number, value: number): void {
  const high = Math.floor(value / LOW_RANGE);
  const low = value - high * LOW_RANGE;
  // As a signed number, because runtimes are slow at wrapping a float that does not fit.
  memory.ints[entry + number] = low < LOW_RANGE / 2 ? low : low - LOW_RANGE;
  memory.halves[entry * 2 + HIGH_PARTS + number] = high;
}

/** Microseconds from a time of the entry until `nowUs`; negative where the clock of the caller is behind. */
export function elapsedSince(
  { ints, halves }: ClientMemory,
  entry: number,
  time: number,
  nowUs: number,
): number {
  const nowHigh = Math.floor(nowUs / LOW_RANGE);
  const nowLow = nowUs - nowHigh * LOW_RANGE;
  // The one value of the 65,536 that stands for a clock that is behind becomes -1.
  const high = ((nowHigh - halves[entry * 2 + HIGH_PARTS + time]! + 1) & 0xffff) - 1;
  return high * LOW_RANGE + (nowLow - (ints[entry + time]! >>> 0));
}

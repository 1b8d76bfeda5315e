/**
 * Durations in fixed logarithmic buckets: four per octave from 7.6 microseconds to 64 seconds.
 *
 * The proxy's own share of a request is some ten microseconds and a slow origin takes a minute, so no list
 * of decimal bounds serves both. Bounds that grow by the fourth root of two keep the error of an estimated
 * quantile below 19 % over the whole range, in 94 cells. Scrapers get every fourth bound (the powers of
 * two), an exact subset: it keeps the number of series per histogram at 25.
 */

const OCTAVE_MIN = -17;
const OCTAVE_MAX = 6;
const STEPS_PER_OCTAVE = 4;

/** Upper bounds in seconds, rising; a cell holds what is above the bound before it up to its own. */
export const LATENCY_BOUNDS: readonly number[] = Array.from(
  { length: (OCTAVE_MAX - OCTAVE_MIN) * STEPS_PER_OCTAVE + 1 },
  (_, step) => 2 ** (OCTAVE_MIN + step / STEPS_PER_OCTAVE),
);

/** Cells of one histogram: one per bound and a last one for what is longer. */
export const LATENCY_CELLS: number = LATENCY_BOUNDS.length + 1;

/** Indices of the bounds that scrapers see. */
export const PUBLISHED_BOUNDS: readonly number[] = LATENCY_BOUNDS.map((_, index) => index).filter(
  (index) => index % STEPS_PER_OCTAVE === 0,
);

/** The cell of a duration in seconds; what is not a positive number falls into the first. */
export function latencyCell(seconds: number): number {
  if (!(seconds > LATENCY_BOUNDS[0]!)) return 0;
  if (seconds > LATENCY_BOUNDS[LATENCY_BOUNDS.length - 1]!) return LATENCY_BOUNDS.length;
  const cell = Math.ceil((Math.log2(seconds) - OCTAVE_MIN) * STEPS_PER_OCTAVE);
  // The logarithm may round across a bound that the duration is equal or next to.
  if (seconds > LATENCY_BOUNDS[cell]!) return cell + 1;
  return seconds <= LATENCY_BOUNDS[cell - 1]! ? cell - 1 : cell;
}

/**
 * The duration in seconds that the given share (0 to 1) of all observations does not exceed, estimated by
 * linear interpolation inside its cell. 0 without observations; the last bound for what is beyond it.
 */
export function latencyQuantile(cells: ArrayLike<number>, share: number): number {
  let total = 0;
  for (let cell = 0; cell < LATENCY_CELLS; cell += 1) total += cells[cell] ?? 0;
  if (total === 0) return 0;
  const rank = share * total;
  let below = 0;
  for (let cell = 0; cell < LATENCY_BOUNDS.length; cell += 1) {
    const inside = cells[cell] ?? 0;
    if (inside > 0 && below + inside >= rank) {
      const lower = cell === 0 ? 0 : LATENCY_BOUNDS[cell - 1]!;
      return lower + ((LATENCY_BOUNDS[cell]! - lower) * Math.max(0, rank - below)) / inside;
    }
    below += inside;
  }
  return LATENCY_BOUNDS[LATENCY_BOUNDS.length - 1]!;
}

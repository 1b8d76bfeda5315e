/** Pauses between attempts: growing, capped, and spread so that a fleet does not come back in step. Pure. */

/** A number from 0 (included) to 1 (excluded). */
export type Random = () => number;

/** No pause is longer, however often something failed. */
export const BACK_OFF_MAX_MS = 60_000;

/** Shortens a pause by up to `share`, so that it never exceeds what was meant. */
export function spread(pauseMs: number, share: number, random: Random): number {
  return pauseMs * (1 - share * random());
}

/** The pause before the attempt that follows `failures` failures in a row, doubling from `firstMs` on. */
export function growingPause(firstMs: number, failures: number, random: Random): number {
  const doubled = firstMs * 2 ** Math.min(Math.max(failures - 1, 0), 30);
  return spread(Math.min(doubled, BACK_OFF_MAX_MS), 0.5, random);
}

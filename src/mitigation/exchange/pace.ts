/** How long a slow transfer is put up with. */

/** Time without a penalty at the start. */
const GRACE_MS = 10_000;

/** Milliseconds that `bytes` may take at `bytesPerSecondMin`; without end where no pace is asked for. */
export function patienceMs(bytes: number, bytesPerSecondMin: number): number {
  if (bytesPerSecondMin === 0) return Number.POSITIVE_INFINITY;
  return GRACE_MS + (bytes * 1000) / bytesPerSecondMin;
}

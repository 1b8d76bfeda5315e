/**
 * Time as a budget should see it. The only clock there is goes on while a thread waits for its turn on a busy machine,
 * and a request must not be refused for that. So one reading never counts more than a fraction of the budget, however
 * long ago the one before it was: a pause costs little, and work that really takes long takes many readings.
 */
import type { Clock } from '../../core/clock.ts';

/** Readings that it takes at least to use a budget up. */
const READINGS_MIN = 4;

/** @param budgetMs what the readings are measured against */
export function createPatientClock(clock: Clock, budgetMs: number): () => number {
  const stepMax = budgetMs / READINGS_MIN;
  let last = clock.nowMs();
  let counted = 0;
  return () => {
    const now = clock.nowMs();
    counted += Math.max(0, Math.min(now - last, stepMax));
    last = now;
    return counted;
  };
}

/** Timers for tests whose every wait is over at once, behind what runs already. */
import type { Timers } from '../timers.ts';

/** @param onWait told of each wait with the milliseconds that it would have taken */
export function createHastyTimers(onWait: (delayMs: number) => void = () => undefined): Timers {
  return {
    after(delayMs, run) {
      onWait(delayMs);
      let waiting = true;
      queueMicrotask(() => {
        if (waiting) run();
      });
      return () => {
        waiting = false;
      };
    },
  };
}

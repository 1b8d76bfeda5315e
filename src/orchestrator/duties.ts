/**
 * What is done again and again: by one orchestrator of a fleet at a time, such as looking for silent nodes, rollouts and
 * scaling, or by each for itself.
 *
 * Each duty is a step that is taken again and again and finds its state in the fleet, not in itself, so another
 * orchestrator can go on where this one has stopped.
 */
import type { Logger } from '../core/logger.ts';
import type { Timers } from '../core/timers.ts';

export interface Duty {
  /** For the log. */
  readonly name: string;
  /** Between the end of a step and the next one. */
  readonly pauseMs: number;
  /** One step; must end by itself. */
  step(): void | Promise<void>;
}

/** Whether this orchestrator is the one. */
export type InCharge = () => boolean;

export interface DutiesDeps {
  readonly duties: readonly Duty[];
  readonly inCharge: InCharge;
  readonly timers: Timers;
  readonly logger: Logger;
}

/** Takes up the duties; the answer ends them, after the steps under way. */
export function runDuties({ duties, inCharge, timers, logger }: DutiesDeps): () => void {
  const cancels = new Map<Duty, () => void>();
  let ended = false;
  const take = async (duty: Duty): Promise<void> => {
    try {
      if (inCharge()) await duty.step();
    } catch (error) {
      logger.error('A duty failed and is tried again', { duty: duty.name, error: String(error) });
    }
    if (!ended) plan(duty);
  };
  const plan = (duty: Duty): void => {
    cancels.set(
      duty,
      timers.after(duty.pauseMs, () => void take(duty)),
    );
  };
  for (const duty of duties) plan(duty);
  return () => {
    ended = true;
    for (const cancel of cancels.values()) cancel();
  };
}

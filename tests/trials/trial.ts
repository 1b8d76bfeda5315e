/** What all trials share: where they run, for how long, and which of their parts. */
import type { NodeRuntime } from './node-runtime.ts';
import type { Placement } from './process-figures.ts';
import type { TrialReport, TrialRow } from './report.ts';

/** What the node runs on, and on which core. */
export interface TrialSetting {
  readonly runtime: NodeRuntime;
  readonly placement: Placement;
}

export interface TrialOptions {
  readonly runtime: NodeRuntime;
  /** Beginnings of the names of the parts to run; none for all. */
  readonly chosen: readonly string[];
  /** Minutes that the whole may take, or null for the usual time. */
  readonly minutes: number | null;
  /** Requests of the trial that counts them. */
  readonly requests: number;
  /** Told of each row as it is done. */
  readonly onRow: (row: TrialRow) => void;
}

export type Trial = (options: TrialOptions) => Promise<TrialReport>;

export function isChosen(name: string, { chosen }: TrialOptions): boolean {
  return chosen.length === 0 || chosen.some((beginning) => name.startsWith(beginning));
}

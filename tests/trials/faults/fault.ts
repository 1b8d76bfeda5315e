/** What a fault of the trials is: how it is brought about, and what the clients may notice of it. */
import type { Arena, ArenaOptions } from '../arena.ts';
import type { TrialSetting } from '../trial.ts';

/** What a fault is brought about with. */
export interface FaultGround {
  readonly arena: Arena;
  /** A number of repetitions, fewer in a quick run. */
  readonly times: (count: number) => number;
  /** Waits so long, less in a quick run. */
  readonly last: (seconds: number) => Promise<void>;
}

export interface Fault {
  readonly name: string;
  /** What the node needs for it. */
  readonly options?: (setting: TrialSetting) => ArenaOptions;
  /** Brings the fault about, and ends it. Returns misses of its own, and how often something died. */
  readonly provoke: (ground: FaultGround) => Promise<FaultOutcome>;
  /** Statuses beside 200 that are an answer to it. */
  readonly statuses: readonly number[];
  /** Whether new connections may be refused meanwhile. */
  readonly mayRefuse: boolean;
  /** Requests that one death may take along: those that were under way there. */
  readonly lostPerDeath: number;
  /** The slowest answer, by the limits of the configuration. */
  readonly slowestMsMax: number;
}

export interface FaultOutcome {
  readonly deaths: number;
  readonly misses: readonly string[];
}

export const NO_DEATHS: FaultOutcome = { deaths: 0, misses: [] };

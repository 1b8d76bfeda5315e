/** How sure it is that a text is script: the words of script-evidence.ts for its results. */

export const NO_SCRIPT = 0;
/** Something is called. */
export const WEAK_SCRIPT = 1;
/** What only script says. */
export const STRONG_SCRIPT = 2;
/** What proves a hole or steals by it, and pages rarely do. */
export const PROVING_SCRIPT = 3;
/** What nobody writes by hand for honest reasons. */
export const DISGUISED_SCRIPT = 4;

export interface ScriptEvidence {
  /** One of the five constants. */
  readonly strength: number;
  /** Where the strongest evidence stands. */
  readonly start: number;
  readonly end: number;
  /** Whether it stands behind the end of the string that the text began in, with a sign between that joins. */
  readonly isJoined: boolean;
  /** How many tokens stand in front of it. */
  readonly tokensBefore: number;
}

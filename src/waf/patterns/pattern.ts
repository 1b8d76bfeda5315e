/** A regular expression of the rule language, compiled: linear in the length of the text, whatever the text. */

import type { WorkMeter } from '../budget/work-meter.ts';

/** What can be asked of a text, bytes as latin-1 text. Once a meter says no, the answer means nothing. */
export interface Engine {
  test(text: string, meter?: WorkMeter): boolean;
  /** The leftmost match, or null. */
  exec(text: string, meter?: WorkMeter): PatternMatch | null;
}

export interface Pattern extends Engine {
  /** As written. */
  readonly source: string;
  /**
   * Texts in lower case of which every matching text contains at least one, without regard to the case of ASCII
   * letters; null where nothing can be said.
   */
  readonly needed: readonly string[] | null;
  /** What runs it: `capped`, the runtime's own RegExp up to a length and the linear engine beyond; `linear` always. */
  readonly engine: 'capped' | 'linear';
}

export interface PatternMatch {
  readonly start: number;
  readonly end: number;
  /** The whole match, then the groups; a group that took no part is empty. */
  readonly groups: readonly string[];
}

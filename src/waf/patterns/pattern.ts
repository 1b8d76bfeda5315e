/** A regular expression of the rule language, compiled: linear in the length of the text, whatever the text. */

export interface Pattern {
  /** As written. */
  readonly source: string;
  /** @param text bytes as latin-1 text */
  test(text: string): boolean;
  /** The leftmost match, or null. */
  exec(text: string): PatternMatch | null;
  /**
   * Texts in lower case of which every matching text contains at least one, without regard to the case of ASCII
   * letters; null where nothing can be said.
   */
  readonly needed: readonly string[] | null;
  /**
   * What runs it: `native`, the runtime's own RegExp for texts of any length; `capped`, RegExp up to a length and
   * the linear engine beyond; `linear`, the linear engine always.
   */
  readonly engine: 'native' | 'capped' | 'linear';
}

export interface PatternMatch {
  readonly start: number;
  readonly end: number;
  /** The whole match, then the groups; a group that took no part is empty. */
  readonly groups: readonly string[];
}

/** Which operators and transformations there are, and what other spellings of their names mean. */
export interface Vocabulary {
  /** From each accepted spelling, in lower case and without `@`, to the canonical name: `normalisepath`. */
  readonly operators: ReadonlyMap<string, string>;
  /** Operators that are known and refused, by name in lower case, with the reason as a sentence. */
  readonly refusedOperators: ReadonlyMap<string, string>;
  /** As `operators`, for transformations, without `none`. */
  readonly transformations: ReadonlyMap<string, string>;
}

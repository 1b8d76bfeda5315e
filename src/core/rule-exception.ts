/** Rules that an operator takes back: for a part of requests, or below a path. */
export interface RuleException {
  /** The rule's id, or null where `tag` names many. */
  readonly ruleId: string | null;
  readonly tag: string | null;
  /** `query:q`, `body` for all parts of the body; null for every part. */
  readonly part: string | null;
  /** The beginning of the path; null for every path. */
  readonly path: string | null;
}

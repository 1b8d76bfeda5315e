/** What the detector of SQL injection finds. */

/** Where the text was read as if it stood in a statement. */
export type SqlContext =
  /** In place of a number or name, or as a whole statement. */
  | 'plain'
  | 'single-quoted'
  | 'double-quoted'
  | 'back-quoted'
  /** A part of a longer text, wherever it stands. */
  | 'anywhere';

export type SqlRule =
  | 'sql-tautology'
  | 'sql-condition'
  | 'sql-comment'
  | 'sql-stacked'
  | 'sql-union'
  | 'sql-probe'
  | 'sql-statement'
  | 'nosql-operator'
  | 'nosql-script';

/** Evidence that blocks alone. */
export const CRITICAL = 5;
export const ERROR = 4;
export const WARNING = 3;
export const NOTICE = 2;
export const NOTHING = 0;

export interface SqlFinding {
  /** Offsets in the text. */
  readonly start: number;
  readonly end: number;
  /** 2 (notice) to 5 (critical): how surely this is an attack. */
  readonly score: number;
  /** The tokens found, folded to their kinds: `value or number = number`. */
  readonly form: string;
  readonly context: SqlContext;
  readonly rule: SqlRule;
}

/** A judgement before it becomes a finding: rule and score, and the index of the first token behind it. */
export interface Judgement {
  readonly rule: SqlRule;
  readonly score: number;
  readonly index: number;
}

/** The one with the higher score, the first of equals. */
export function weightier(first: Judgement | null, second: Judgement | null): Judgement | null {
  if (second === null || second.score === NOTHING) return first;
  return first === null || second.score > first.score ? second : first;
}

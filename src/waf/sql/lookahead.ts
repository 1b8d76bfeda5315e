/** What the tokens around a place allow there: the exceptions of SQL's grammar that a look to either side decides. */
import * as s from './statement-kinds.ts';
import * as t from './token-kinds.ts';
import type { TokenStream } from './token-stream.ts';

/** Statements whose words are functions as well, where a bracket follows. */
const CALLABLE = new Set([s.INSERT, s.CONDITION, s.DEFINE]);

/** A word that compares, joins or begins a statement, used as a function: SQLite's LIKE(), MySQL's IF(). */
export function isWordCall(stream: TokenStream, at: number, kind: number, next: number): boolean {
  if (next !== t.PAREN_OPEN) return false;
  if (kind === t.STATEMENT) return CALLABLE.has(stream.detail(at));
  if (kind === t.POSTFIX) return true;
  return (kind === t.COMPARE || kind === t.ARITHMETIC) && stream.detail(at) === t.AS_WORD;
}

/** `~~1`, SOUNDS LIKE, MEMBER OF, SIMILAR TO, CASE WHEN, VALUES ROW, OVER (PARTITION BY. */
export function mayRepeat(stream: TokenStream, at: number, kind: number, next: number): boolean {
  const before = stream.kind(at - 1);
  if (kind === t.COMPARE) {
    if (stream.word(at) === '~~') return true;
    return before === t.COMPARE && stream.detail(at) === t.AS_WORD;
  }
  if (kind === t.WHEN) return before === t.CASE;
  if (kind === t.BY) return before === t.ORDER;
  return kind === t.ORDER && next === t.BY && before === t.PAREN_OPEN;
}

/** A selection stands in brackets, behind UNION, or first. */
export function maySelect(stream: TokenStream, at: number, first: number): boolean {
  if (at === first) return true;
  const before = stream.kind(at - 1);
  return before === t.PAREN_OPEN || before === t.UNION || before === t.QUANTIFIER || before === t.DISTINCT;
}

export function mayBeStar(stream: TokenStream, at: number): boolean {
  const before = stream.kind(at - 1);
  return before === t.SELECT || before === t.COMMA || before === t.PAREN_OPEN || before === t.DISTINCT;
}

/** A selection in brackets, or the call of a known function. */
export function isSelectionAt(stream: TokenStream, index: number): boolean {
  const next = stream.kind(index + 1);
  if (stream.kind(index) === t.PAREN_OPEN) return next === t.SELECT;
  if (next !== t.PAREN_OPEN || stream.kind(index) !== t.NAME) return false;
  return stream.detail(index) === t.NAME_TELLING || stream.detail(index) === t.NAME_FUNCTION;
}

/**
 * rx: a regular expression, anywhere in the value.
 *
 *     @rx ^a(b+)$    on abb: matches, captures abb and bb
 */
import type { PatternMatch } from '../patterns/pattern.ts';
import type { OperatorMatch } from './operator.ts';
import { CAPTURES_MAX, patternOperator } from './pattern-operator.ts';

export const rx = patternOperator('rx', {
  test: (pattern, value, meter) => pattern.test(value, meter),
  match: (pattern, value, meter) => matchOf(pattern.exec(value, meter)),
});

function matchOf(found: PatternMatch | null): OperatorMatch | null {
  if (found === null) return null;
  const { start, end, groups } = found;
  return { start, end, captures: groups.length > CAPTURES_MAX ? groups.slice(0, CAPTURES_MAX) : groups };
}

/**
 * rxGlobal: a regular expression, all its matches. The place is that of the first one; the captures of further ones
 * follow in turn, as far as there is room. Further matches are looked for in the rest behind the last one, whose
 * beginning `^` takes for that of the value.
 *
 *     @rxGlobal [a-z]+    on ab1cd: matches, captures ab and cd
 */
import { CAPTURES_MAX, patternOperator } from './pattern-operator.ts';
import { successiveMatches } from './successive-matches.ts';

export const rxGlobal = patternOperator('rxglobal', {
  test: (pattern, value, meter) => pattern.test(value, meter),
  match: (pattern, value, meter) => {
    // Every match has one capture at least, so more matches are never looked for.
    const matches = successiveMatches(pattern, value, CAPTURES_MAX, meter);
    const first = matches[0];
    if (first === undefined) return null;
    const captures = matches.flatMap((match) => match.groups).slice(0, CAPTURES_MAX);
    return { start: first.start, end: first.end, captures };
  },
});

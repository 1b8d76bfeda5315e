/**
 * rxGlobal: a regular expression, all its matches. The place is that of the first one; the captures of further ones
 * follow in turn, as far as there is room. Further matches are looked for in the rest behind the last one, whose
 * beginning `^` takes for that of the value.
 *
 *     @rxGlobal [a-z]+    on ab1cd: matches, captures ab and cd
 */
import { ok } from '../../core/result.ts';
import { compilePattern } from '../patterns/compile-pattern.ts';
import type { OperatorDefinition } from './operator.ts';
import { successiveMatches } from './successive-matches.ts';

/** TX.0 to TX.9; every match has one capture at least, so more matches are never looked for. */
const CAPTURES_MAX = 10;

export const rxGlobal: OperatorDefinition = {
  name: 'rxglobal',
  compile(argument, { patternFacts }) {
    const compiled = compilePattern(argument, patternFacts);
    if (!compiled.ok) return compiled;
    const pattern = compiled.value;
    return ok({
      get needed() {
        return pattern.needed;
      },
      test: pattern.test,
      match: (value, meter) => {
        const matches = successiveMatches(pattern, value, CAPTURES_MAX, meter);
        const first = matches[0];
        if (first === undefined) return null;
        const captures = matches.flatMap((match) => match.groups).slice(0, CAPTURES_MAX);
        return { start: first.start, end: first.end, captures };
      },
    });
  },
};

/**
 * rx: a regular expression, anywhere in the value.
 *
 *     @rx ^a(b+)$    on abb: matches, captures abb and bb
 */
import { ok } from '../../core/result.ts';
import { compilePattern } from '../patterns/compile-pattern.ts';
import type { PatternMatch } from '../patterns/pattern.ts';
import type { OperatorDefinition, OperatorMatch } from './operator.ts';

/** TX.0 to TX.9. */
const CAPTURES_MAX = 10;

export const rx: OperatorDefinition = {
  name: 'rx',
  compile(argument, { patternFacts }) {
    const compiled = compilePattern(argument, patternFacts);
    if (!compiled.ok) return compiled;
    const pattern = compiled.value;
    return ok({
      get needed() {
        return pattern.needed;
      },
      test: pattern.test,
      match: (value, meter) => matchOf(pattern.exec(value, meter)),
    });
  },
};

function matchOf(found: PatternMatch | null): OperatorMatch | null {
  if (found === null) return null;
  const { start, end, groups } = found;
  return { start, end, captures: groups.length > CAPTURES_MAX ? groups.slice(0, CAPTURES_MAX) : groups };
}

/** Operators whose argument is a regular expression: compiled once, its literals handed to the screen. */
import { ok } from '../../core/result.ts';
import type { WorkMeter } from '../budget/work-meter.ts';
import { compilePattern } from '../patterns/compile-pattern.ts';
import type { Pattern } from '../patterns/pattern.ts';
import type { OperatorDefinition, OperatorMatch } from './operator.ts';

/** TX.0 to TX.9. */
export const CAPTURES_MAX = 10;

export interface PatternSearch {
  readonly test: (pattern: Pattern, value: string, meter?: WorkMeter) => boolean;
  readonly match: (pattern: Pattern, value: string, meter?: WorkMeter) => OperatorMatch | null;
}

export function patternOperator(name: string, { test, match }: PatternSearch): OperatorDefinition {
  return {
    name,
    compile(argument, { patternFacts }) {
      const compiled = compilePattern(argument, patternFacts);
      if (!compiled.ok) return compiled;
      const pattern = compiled.value;
      return ok({
        // Found out on demand: rules that fold away never ask.
        get needed() {
          return pattern.needed;
        },
        test: (value, meter) => test(pattern, value, meter),
        match: (value, meter) => match(pattern, value, meter),
      });
    },
  };
}

/** What verifyCC, verifyCPF, verifySSN and verifySVNR share: a pattern finds candidates, a rule about digits judges. */
import { ok } from '../../core/result.ts';
import type { WorkMeter } from '../budget/work-meter.ts';
import { compilePattern } from '../patterns/compile-pattern.ts';
import type { PatternMatch } from '../patterns/pattern.ts';
import type { OperatorDefinition } from './operator.ts';
import { spanMatch } from './operator-match.ts';
import { successiveMatches } from './successive-matches.ts';

/** Candidates that are looked at; every one may cost a pass over the value. */
const CANDIDATES_MAX = 64;
const NO_DIGITS = /\D+/g;

/** @param isValid asked with the digits of each candidate */
export function verifiedNumberOperator(
  name: string,
  isValid: (digits: string) => boolean,
): OperatorDefinition {
  const isNumber = (candidate: PatternMatch, value: string) =>
    isValid(value.slice(candidate.start, candidate.end).replace(NO_DIGITS, ''));
  return {
    name,
    compile(argument, { patternFacts }) {
      const compiled = compilePattern(argument, patternFacts);
      if (!compiled.ok) return compiled;
      const pattern = compiled.value;
      const find = (value: string, meter?: WorkMeter) =>
        successiveMatches(pattern, value, CANDIDATES_MAX, meter).find((candidate) =>
          isNumber(candidate, value),
        );
      return ok({
        get needed() {
          return pattern.needed;
        },
        test: (value, meter) => find(value, meter) !== undefined,
        match: (value, meter) => {
          const found = find(value, meter);
          return found === undefined ? null : spanMatch(value, found.start, found.end);
        },
      });
    },
  };
}

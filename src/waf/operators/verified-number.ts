/** What verifyCC, verifyCPF, verifySSN and verifySVNR share: a pattern finds candidates, a rule about digits judges. */
import type { WorkMeter } from '../budget/work-meter.ts';
import type { Pattern } from '../patterns/pattern.ts';
import type { OperatorDefinition } from './operator.ts';
import { spanMatch } from './operator-match.ts';
import { patternOperator } from './pattern-operator.ts';
import { successiveMatches } from './successive-matches.ts';

/** Candidates that are looked at; every one may cost a pass over the value. */
const CANDIDATES_MAX = 64;
const NO_DIGITS = /\D+/g;

/** @param isValid asked with the digits of each candidate */
export function verifiedNumberOperator(
  name: string,
  isValid: (digits: string) => boolean,
): OperatorDefinition {
  const find = (pattern: Pattern, value: string, meter?: WorkMeter) =>
    successiveMatches(pattern, value, CANDIDATES_MAX, meter).find(({ start, end }) =>
      isValid(value.slice(start, end).replace(NO_DIGITS, '')),
    );
  return patternOperator(name, {
    test: (pattern, value, meter) => find(pattern, value, meter) !== undefined,
    match: (pattern, value, meter) => {
      const found = find(pattern, value, meter);
      return found === undefined ? null : spanMatch(value, found.start, found.end);
    },
  });
}

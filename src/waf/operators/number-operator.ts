/** What eq, ge, gt, le and lt share: an operator that compares the value's number with the argument's. */
import { ok } from '../../core/result.ts';
import { decimalInteger } from './decimal-integer.ts';
import type { OperatorDefinition } from './operator.ts';
import { wholeMatch } from './operator-match.ts';

export function numberOperator(
  name: string,
  holds: (value: number, argument: number) => boolean,
): OperatorDefinition {
  return {
    name,
    compile(argument) {
      const number = decimalInteger(argument);
      const test = (value: string) => holds(decimalInteger(value), number);
      return ok({ needed: null, test, match: (value) => (test(value) ? wholeMatch(value) : null) });
    },
  };
}

/**
 * contains: whether the argument is in the value.
 *
 *     @contains ../    on a/../b: matches
 */
import { ok } from '../../core/result.ts';
import { neededText } from './needed-text.ts';
import type { OperatorDefinition } from './operator.ts';
import { spanMatch } from './operator-match.ts';

export const contains: OperatorDefinition = {
  name: 'contains',
  compile(argument) {
    return ok({
      needed: neededText(argument),
      test: (value) => value.includes(argument),
      match: (value) => {
        const start = value.indexOf(argument);
        return start < 0 ? null : spanMatch(value, start, start + argument.length);
      },
    });
  },
};

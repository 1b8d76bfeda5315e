/**
 * within: whether the value is in the argument; the empty value is in any.
 *
 *     @within GET HEAD POST    on HEAD: matches
 */
import { ok } from '../../core/result.ts';
import type { OperatorDefinition } from './operator.ts';
import { wholeMatch } from './operator-match.ts';

export const within: OperatorDefinition = {
  name: 'within',
  compile(argument) {
    return ok({
      needed: null,
      test: (value) => argument.includes(value),
      match: (value) => (argument.includes(value) ? wholeMatch(value) : null),
    });
  },
};

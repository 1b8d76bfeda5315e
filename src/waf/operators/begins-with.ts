/**
 * beginsWith: whether the value begins with the argument.
 *
 *     @beginsWith /admin    on /admin/users: matches
 */
import { ok } from '../../core/result.ts';
import { neededText } from './needed-text.ts';
import type { OperatorDefinition } from './operator.ts';
import { spanMatch } from './operator-match.ts';

export const beginsWith: OperatorDefinition = {
  name: 'beginswith',
  compile(argument) {
    return ok({
      needed: neededText(argument),
      test: (value) => value.startsWith(argument),
      match: (value) => (value.startsWith(argument) ? spanMatch(value, 0, argument.length) : null),
    });
  },
};

/**
 * endsWith: whether the value ends with the argument.
 *
 *     @endsWith .php    on /a/b.php: matches
 */
import { ok } from '../../core/result.ts';
import { neededText } from './needed-text.ts';
import type { OperatorDefinition } from './operator.ts';
import { spanMatch } from './operator-match.ts';

export const endsWith: OperatorDefinition = {
  name: 'endswith',
  compile(argument) {
    return ok({
      needed: neededText(argument),
      test: (value) => value.endsWith(argument),
      match: (value) =>
        value.endsWith(argument) ? spanMatch(value, value.length - argument.length, value.length) : null,
    });
  },
};

/**
 * streq: whether the value is the argument, case and all.
 *
 *     @streq POST    on POST: matches; on post: does not
 */
import { ok } from '../../core/result.ts';
import { neededText } from './needed-text.ts';
import type { OperatorDefinition } from './operator.ts';
import { wholeMatch } from './operator-match.ts';

export const streq: OperatorDefinition = {
  name: 'streq',
  compile(argument) {
    return ok({
      needed: neededText(argument),
      test: (value) => value === argument,
      match: (value) => (value === argument ? wholeMatch(value) : null),
    });
  },
};

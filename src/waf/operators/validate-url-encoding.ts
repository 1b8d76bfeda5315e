/**
 * validateUrlEncoding: matches values with a percent sign that two hexadecimal digits do not follow.
 *
 *     @validateUrlEncoding    on a%2: matches the rest from the percent sign on, at most three bytes
 */
import { ok } from '../../core/result.ts';
import type { CompiledOperator, OperatorDefinition } from './operator.ts';
import { spanMatch } from './operator-match.ts';

const BROKEN = /%(?![0-9a-fA-F]{2})/;

const COMPILED: CompiledOperator = {
  needed: ['%'],
  test: (value) => value.includes('%') && BROKEN.test(value),
  match: (value) => {
    const at = value.search(BROKEN);
    return at < 0 ? null : spanMatch(value, at, Math.min(at + 3, value.length));
  },
};

export const validateUrlEncoding: OperatorDefinition = {
  name: 'validateurlencoding',
  compile: () => ok(COMPILED),
};

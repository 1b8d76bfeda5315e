/**
 * unconditionalMatch: every value matches; the argument does not count.
 *
 *     @unconditionalMatch    on anything: matches
 */
import { ok } from '../../core/result.ts';
import type { OperatorDefinition } from './operator.ts';
import { wholeMatch } from './operator-match.ts';

export const unconditionalMatch: OperatorDefinition = {
  name: 'unconditionalmatch',
  compile: () => ok({ needed: null, test: () => true, match: wholeMatch }),
};

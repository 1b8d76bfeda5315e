/**
 * noMatch: no value matches; the argument does not count.
 *
 *     @noMatch    on anything: does not match
 */
import { ok } from '../../core/result.ts';
import type { OperatorDefinition } from './operator.ts';

export const noMatch: OperatorDefinition = {
  name: 'nomatch',
  compile: () => ok({ needed: [], test: () => false, match: () => null }),
};

/**
 * gt: whether the value, read as a number, is greater than the argument; what is no number counts as 0.
 *
 *     @gt 5    on 7: matches
 */
import { numberOperator } from './number-operator.ts';

export const gt = numberOperator('gt', (value, argument) => value > argument);

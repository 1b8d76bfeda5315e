/**
 * eq: whether the value, read as a number, is equal to the argument; what is no number counts as 0.
 *
 *     @eq 5    on 5: matches
 */
import { numberOperator } from './number-operator.ts';

export const eq = numberOperator('eq', (value, argument) => value === argument);

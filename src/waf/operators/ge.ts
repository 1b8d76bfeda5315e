/**
 * ge: whether the value, read as a number, is at least the argument; what is no number counts as 0.
 *
 *     @ge 5    on 7: matches
 */
import { numberOperator } from './number-operator.ts';

export const ge = numberOperator('ge', (value, argument) => value >= argument);

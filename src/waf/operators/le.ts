/**
 * le: whether the value, read as a number, is at most the argument; what is no number counts as 0.
 *
 *     @le 5    on 3: matches
 */
import { numberOperator } from './number-operator.ts';

export const le = numberOperator('le', (value, argument) => value <= argument);

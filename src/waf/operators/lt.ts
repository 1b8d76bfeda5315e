/**
 * lt: whether the value, read as a number, is less than the argument; what is no number counts as 0.
 *
 *     @lt 5    on 3: matches
 */
import { numberOperator } from './number-operator.ts';

export const lt = numberOperator('lt', (value, argument) => value < argument);

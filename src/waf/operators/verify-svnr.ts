/**
 * verifySVNR: whether the argument, a regular expression, finds an insurance number of Austria in the value: ten
 * digits, a serial number that does not begin with 0, its check digit modulo 11 and a day of birth.
 *
 *     @verifySVNR [0-9]{4} ?[0-9]{6}    on "SV 1237 010180": matches
 */
import { verifiedNumberOperator } from './verified-number.ts';
import { weightedSum } from './weighted-sum.ts';

/** The fourth digit is the check digit itself. */
const WEIGHTS = [3, 7, 9, 0, 5, 8, 4, 2, 1, 6];

export const verifySvnr = verifiedNumberOperator(
  'verifysvnr',
  (digits) =>
    digits.length === 10 && digits[0] !== '0' && weightedSum(digits, WEIGHTS) % 11 === Number(digits[3]),
);

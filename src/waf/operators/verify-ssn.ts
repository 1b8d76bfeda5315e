/**
 * verifySSN: whether the argument, a regular expression, finds a social security number of the USA in the value: nine
 * digits of which none of the three groups is zero and the first is neither 666 nor above 899 (as given out since
 * 2011), and that do not simply count up or repeat one digit.
 *
 *     @verifySSN \d{3}-\d{2}-\d{4}    on "id 219-09-9998": matches
 */
import { verifiedNumberOperator } from './verified-number.ts';

const NEVER_ISSUED = /^(?:000|666|9)|^...00|0000$|^(\d)\1{8}$/;

export const verifySsn = verifiedNumberOperator(
  'verifyssn',
  (digits) => digits.length === 9 && !NEVER_ISSUED.test(digits) && !'0123456789'.includes(digits),
);

/**
 * verifyCPF: whether the argument, a regular expression, finds a taxpayer's number of Brazil in the value: eleven
 * digits, not all the same, of which the last two are check digits modulo 11.
 *
 *     @verifyCPF [0-9.-]{14}    on "CPF 529.982.247-25": matches
 */
import { verifiedNumberOperator } from './verified-number.ts';
import { weightedSum } from './weighted-sum.ts';

const FIRST_WEIGHTS = [10, 9, 8, 7, 6, 5, 4, 3, 2];
const SECOND_WEIGHTS = [11, ...FIRST_WEIGHTS];
const ONE_DIGIT = /^(\d)\1*$/;

export const verifyCpf = verifiedNumberOperator(
  'verifycpf',
  (digits) =>
    digits.length === 11 &&
    !ONE_DIGIT.test(digits) &&
    Number(digits[9]) === checkDigit(weightedSum(digits, FIRST_WEIGHTS)) &&
    Number(digits[10]) === checkDigit(weightedSum(digits, SECOND_WEIGHTS)),
);

function checkDigit(sum: number): number {
  const rest = sum % 11;
  return rest < 2 ? 0 : 11 - rest;
}

/**
 * verifyCC: whether the argument, a regular expression, finds the number of a payment card in the value: 12 to 19
 * digits, whatever stands between them, whose last one is right (ISO/IEC 7812-1 annex B, the formula of Luhn).
 *
 *     @verifyCC \d{13,16}    on "card 4111111111111111": matches
 */
import { verifiedNumberOperator } from './verified-number.ts';

export const verifyCc = verifiedNumberOperator('verifycc', isCardNumber);

function isCardNumber(digits: string): boolean {
  if (digits.length < 12 || digits.length > 19) return false;
  let sum = 0;
  for (let place = 0; place < digits.length; place++) {
    const digit = Number(digits[digits.length - 1 - place]);
    const counted = place % 2 === 1 ? digit * 2 : digit;
    sum += counted > 9 ? counted - 9 : counted;
  }
  return sum % 10 === 0;
}

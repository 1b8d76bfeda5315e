/**
 * The number at the beginning of a text as the function atoi of C reads it: white space, a sign, digits; what follows
 * does not count, and no number is 0. Numbers out of the range of exact ones stop at its bounds.
 */
import { skipWhitespace } from '../transformations/white-space.ts';

const ZERO = 0x30;
const PLUS = 0x2b;
const MINUS = 0x2d;

export function decimalInteger(text: string): number {
  let at = skipWhitespace(text);
  const sign = text.charCodeAt(at);
  if (sign === PLUS || sign === MINUS) at++;
  let value = 0;
  for (; at < text.length && value < Number.MAX_SAFE_INTEGER; at++) {
    const digit = text.charCodeAt(at) - ZERO;
    if (digit < 0 || digit > 9) break;
    value = Math.min(value * 10 + digit, Number.MAX_SAFE_INTEGER);
  }
  // Zero has no sign here: what is no number equals 0.
  return sign === MINUS && value > 0 ? -value : value;
}

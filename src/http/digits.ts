/** Decimal numbers in octets: 1*DIGIT, exact, without sign, space or overflow (RFC 9110 §8.6). */

/** 2^53 - 1 has sixteen digits. */
const DIGITS_MAX = 16;

/** The number in `bytes[start, end)`, up to 2^53 - 1, or -1. */
export function parseDigits(bytes: Uint8Array, start: number, end: number): number {
  if (end <= start || end - start > DIGITS_MAX) return -1;
  let value = 0;
  for (let at = start; at < end; at++) {
    const digit = bytes[at]! - 0x30;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return Number.isSafeInteger(value) ? value : -1;
}

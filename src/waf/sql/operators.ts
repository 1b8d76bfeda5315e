/** Operators by their signs, the longest first. */
import * as t from './token-kinds.ts';

const SIGNS: readonly (readonly [string, number])[] = [
  ['<=>', t.COMPARE],
  ['!~*', t.COMPARE],
  ['!~~', t.COMPARE],
  ['~~*', t.COMPARE],
  ['->>', t.COMPARE],
  ['#>>', t.COMPARE],
  ['===', t.OTHER],
  ['!==', t.OTHER],
  ['<!-', t.OTHER],
  ['...', t.OTHER],
  ['<>', t.COMPARE],
  ['!=', t.COMPARE],
  ['^=', t.COMPARE],
  ['~=', t.COMPARE],
  ['<=', t.COMPARE],
  ['>=', t.COMPARE],
  ['!<', t.COMPARE],
  ['!>', t.COMPARE],
  ['==', t.COMPARE],
  ['!~', t.COMPARE],
  ['~*', t.COMPARE],
  ['~~', t.COMPARE],
  ['@>', t.COMPARE],
  ['@?', t.COMPARE],
  ['@@', t.COMPARE],
  ['?|', t.COMPARE],
  ['?&', t.COMPARE],
  ['#-', t.ARITHMETIC],
  ['?', t.COMPARE],
  ['<@', t.COMPARE],
  ['->', t.COMPARE],
  ['#>', t.COMPARE],
  ['=>', t.OTHER],
  ['</', t.OTHER],
  ['||', t.LOGIC],
  ['&&', t.LOGIC],
  ['<<', t.ARITHMETIC],
  ['>>', t.ARITHMETIC],
  ['::', t.CAST],
  [':=', t.ASSIGN],
  ['=', t.COMPARE],
  ['<', t.COMPARE],
  ['>', t.COMPARE],
  ['!', t.NOT],
  ['~', t.NOT],
  ['|', t.ARITHMETIC],
  ['&', t.ARITHMETIC],
  ['^', t.ARITHMETIC],
  ['/', t.ARITHMETIC],
  ['%', t.ARITHMETIC],
  ['*', t.STAR],
  ['+', t.SIGN],
  ['-', t.SIGN],
  ['(', t.PAREN_OPEN],
  [')', t.PAREN_CLOSE],
  [',', t.COMMA],
  [';', t.SEMICOLON],
  ['}', t.BRACE_CLOSE],
];

/** By first character, so that a lookup compares a handful of signs. */
const BY_FIRST: readonly (readonly (readonly [string, number])[])[] = Array.from({ length: 128 }, (_, code) =>
  SIGNS.filter(([sign]) => sign.charCodeAt(0) === code),
);

const NO_OPERATOR = t.OTHER | (1 << 8);

/** Kind of the operator at `at` in the lower byte, its length above; OTHER of length 1 where there is none. */
export function operatorAt(text: string, at: number): number {
  for (const [sign, kind] of BY_FIRST[text.charCodeAt(at)] ?? []) {
    if (text.startsWith(sign, at)) return kind | (sign.length << 8);
  }
  return NO_OPERATOR;
}

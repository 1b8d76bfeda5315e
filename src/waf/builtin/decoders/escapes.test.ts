import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decodeEscapes } from './escapes.ts';

describe('decodeEscapes', () => {
  const cases: readonly (readonly [title: string, text: string, decoded: string])[] = [
    ['code units', '\\u003cb\\u003E', '<b>'],
    ['code points', '\\u{3c}\\u{00003c}', '<<'],
    ['bytes', '\\x3cb\\X3E', '<b>'],
    ['octal digits', '\\74\\074', '<<'],
    ['line breaks and tabs', 'a\\nb\\tc\\r', 'a\nb\tc\r'],
    ['higher characters as unknown', '\\u20ac', '?'],
    ['other backslashes as they stand', 'C:\\dir\\8 \\u12 \\xg', 'C:\\dir\\8 \\u12 \\xg'],
  ];
  for (const [title, text, decoded] of cases) {
    it(`reads ${title}`, () => assert.equal(decodeEscapes(text), decoded));
  }
});

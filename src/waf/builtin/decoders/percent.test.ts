import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decodePercent } from './percent.ts';

describe('decodePercent', () => {
  const cases: readonly (readonly [title: string, text: string, decoded: string])[] = [
    ['escapes in either case', '%3Cscript%3e', '<script>'],
    ['one layer only', '%253C', '%3C'],
    ['broken escapes as they stand', '100% %zz %4', '100% %zz %4'],
    ['%u escapes', '%u003cb%u003E', '<b>'],
    ['%u escapes of full-width forms as ASCII', '%uff1cb%uFF1e', '<b>'],
    ['other %u escapes as UTF-8', '%u00e9%u20ac', '\xc3\xa9\xe2\x82\xac'],
    ['broken %u escapes as they stand', '%u00 %uzzzz', '%u00 %uzzzz'],
    ['well-formed UTF-8 as it stands', 'caf%c3%a9 %e0%b8%81', 'caf\xc3\xa9 \xe0\xb8\x81'],
    ['NUL away, in every form', 'a%00b\0c%u0000d', 'abcd'],
    ['over-long UTF-8 as it stands', '%c0%af', '\xc0\xaf'],
    ['plus as a plus', 'a+b', 'a+b'],
  ];
  for (const [title, text, decoded] of cases) {
    it(`reads ${title}`, () => assert.equal(decodePercent(text, false), decoded));
  }

  it('reads plus as a blank where asked to, and an escaped plus as a plus', () => {
    assert.equal(decodePercent('a+b%2Bc', true), 'a b+c');
  });
});

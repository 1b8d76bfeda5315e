import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decodeEntities, decodePercent } from './decode.ts';

describe('decodePercent', () => {
  const cases: readonly (readonly [title: string, text: string, decoded: string])[] = [
    ['escapes in either case', '%3Cscript%3e', '<script>'],
    ['one layer only', '%253C', '%3C'],
    ['broken escapes as they stand', '100% %zz %4', '100% %zz %4'],
    ['%u escapes', '%u003cb%u003E', '<b>'],
    ['%u escapes of full-width forms as ASCII', '%uff1cb%uFF1e', '<b>'],
    ['other %u escapes as UTF-8', '%u00e9%u20ac', '\xc3\xa9\xe2\x82\xac'],
    ['broken %u escapes as they stand', '%u00 %uzzzz', '%u00 %uzzzz'],
    ['over-long forms of two, three and four bytes', '%c0%af \xc0\xae %e0%80%ae %f0%80%80%af', '/ . . /'],
    ['over-long forms of higher characters', '%c1%9c%e0%81%9c', '\\\\'],
    ['well-formed UTF-8 as it stands', 'caf%c3%a9 %e0%b8%81', 'caf\xc3\xa9 \xe0\xb8\x81'],
    ['NUL away, in every form', 'a%00b\0c%u0000d%c0%80e', 'abcde'],
    ['plus as a plus', 'a+b', 'a+b'],
  ];
  for (const [title, text, decoded] of cases) {
    it(`reads ${title}`, () => assert.equal(decodePercent(text, false), decoded));
  }

  it('reads plus as a blank where asked to, and an escaped plus as a plus', () => {
    assert.equal(decodePercent('a+b%2Bc', true), 'a b+c');
  });
});

describe('decodeEntities', () => {
  const cases: readonly (readonly [title: string, text: string, decoded: string])[] = [
    ['named references', '&lt;a&GT;&colon;&lpar;&Tab;&NewLine;', '<a>:(\t\n'],
    ['the old names without a semicolon', '&ltscript&gt', '<script>'],
    ['other names without a semicolon as they stand', '&colonx &para', '&colonx &para'],
    ['decimal references', '&#60;&#0000000060;&#60a', '<<<a'],
    ['hexadecimal references', '&#x3C;&#X000000003c;', '<<'],
    ['references to higher characters as they stand', '&#8364;', '&#8364;'],
    ['NUL away', 'a&#0;b', 'ab'],
    ['one layer only', '&amp;lt;', '&lt;'],
    ['unknown names as they stand', '&nosuch; & &; &#; &#x;', '&nosuch; & &; &#; &#x;'],
  ];
  for (const [title, text, decoded] of cases) {
    it(`reads ${title}`, () => assert.equal(decodeEntities(text), decoded));
  }
});

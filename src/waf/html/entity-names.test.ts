import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decodeReferences } from './character-references.ts';

describe('decodeReferences', () => {
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
    it(`reads ${title}`, () => assert.equal(decodeReferences(text), decoded));
  }
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decodeReferences } from './character-references.ts';

describe('decodeReferences', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['&#106;&#x6A;&#X6a&#0000106', 'jjjj'],
    ['&lt&gt;&AMP;&quot', '<>&"'],
    ['a&colon;b&Tab;c&NewLine;d&lpar;&rpar;', 'a:b\tc\nd()'],
    ['a&#0;b', 'ab'],
    ['&#x20ac;&unknown;&colon &;', '&#x20ac;&unknown;&colon &;'],
  ];
  for (const [text, expected] of cases) {
    it(`decodes ${JSON.stringify(text)}`, () => assert.equal(decodeReferences(text), expected));
  }
});

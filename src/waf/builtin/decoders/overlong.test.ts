import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { foldOverlong } from './overlong.ts';

describe('foldOverlong', () => {
  const cases: readonly (readonly [title: string, text: string, folded: string])[] = [
    ['forms of two, three and four bytes', '\xc0\xaf \xc0\xae \xe0\x80\xae \xf0\x80\x80\xaf', '/ . . /'],
    ['forms of higher characters', '\xc1\x9c\xe0\x81\x9c', '\\\\'],
    ['NUL away', 'a\xc0\x80b', 'ab'],
    [
      'well-formed UTF-8 as it stands',
      'caf\xc3\xa9 \xe0\xb8\x81 \xf0\x9f\x98\x80',
      'caf\xc3\xa9 \xe0\xb8\x81 \xf0\x9f\x98\x80',
    ],
  ];
  for (const [title, text, folded] of cases) {
    it(`reads ${title}`, () => assert.equal(foldOverlong(text), folded));
  }
});

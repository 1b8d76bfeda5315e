import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { foldPathForms, hasPathForms } from './path-forms.ts';

describe('foldPathForms', () => {
  const cases: readonly (readonly [title: string, text: string, folded: string])[] = [
    [
      'over-long forms of every length',
      '\xc0\xae\xe0\x80\xae\xf0\x80\x80\xaf\xf8\x80\x80\x80\xae\xfc\x80\x80\x80\x80\xaf',
      '../' + './',
    ],
    ['bytes that continue nothing', '\xc0.\xc0/\xc1\x1c\xc1\xaf', './\\/'],
    ['escapes whose digits are none', '%c0%qf%bg%qf%c1%8s', '//\\'],
    ['look-alikes', '\xe2\x88\x95\xef\xbc\x8f\xef\xbc\x8e\xe2\x80\xa4\xef\xbc\xbc', '//..\\'],
    ['the spelling of program text', '0x2e0x2e0x2F0x5c', '../\\'],
    ['control characters away', '.\x01.\x1f/', '../'],
    ['what cannot be told as unknown', '\xc0^\xc0\xfe', '??'],
    ['well-formed UTF-8 as it stands', 'caf\xc3\xa9 \xe4\xbd\xa0', 'caf\xc3\xa9 \xe4\xbd\xa0'],
  ];
  for (const [title, text, folded] of cases) {
    it(`reads ${title}`, () => {
      assert.equal(foldPathForms(text), folded);
      assert.equal(hasPathForms(text), text !== folded);
    });
  }
});

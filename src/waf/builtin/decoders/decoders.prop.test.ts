import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { runs } from '../../../../tests/support/fuzz.ts';
import { decodeReferences } from '../../html/character-references.ts';
import { decodeEscapes } from './escapes.ts';
import { foldOverlong } from './overlong.ts';
import { foldPathForms } from './path-forms.ts';
import { decodePercent } from './percent.ts';

/** Text in which escapes, whole and broken, are frequent. */
const encodedText = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '%',
        '%u',
        '%2',
        '%25',
        '%00',
        '%u003c',
        '&',
        '&#',
        '&#x',
        '&lt',
        '\\u00',
        '\\x3',
        '\xe2\x88',
        '0x2',
        ';',
        '+',
        '\0',
        '\xc0',
      ),
      fc.integer({ min: 0, max: 255 }).map((byte) => String.fromCharCode(byte)),
      fc.integer({ min: 0, max: 255 }).map((byte) => `%${byte.toString(16).padStart(2, '0')}`),
    ),
    { maxLength: 40 },
  )
  .map((pieces) => pieces.join(''));

it('decoding never lengthens a text and never leaves latin-1', () => {
  fc.assert(
    fc.property(encodedText, fc.boolean(), (text, plusIsSpace) => {
      const all = [
        decodePercent(text, plusIsSpace),
        decodeReferences(text),
        decodeEscapes(text),
        foldOverlong(text),
        foldPathForms(text),
      ];
      for (const decoded of all) {
        assert.ok(decoded.length <= text.length);
        assert.ok(/^[\0-\xff]*$/.test(decoded));
      }
    }),
    { numRuns: runs(500) },
  );
});

it('decoding undoes percent encoding', () => {
  const characters = fc.array(fc.integer({ min: 1, max: 0x7f }), { maxLength: 60 });
  fc.assert(
    fc.property(characters, (codes) => {
      const text = String.fromCharCode(...codes);
      assert.equal(decodePercent(encodeURIComponent(text), true), text);
    }),
    { numRuns: runs(300) },
  );
});

it('a text without escapes comes back as it is', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[a-zA-Z0-9 .,:;/_'"()<>=-]{0,80}$/), (text) => {
      assert.equal(decodePercent(text, true), text);
      assert.equal(decodeReferences(text), text);
      assert.equal(decodeEscapes(text), text);
      assert.equal(foldOverlong(text), text);
    }),
    { numRuns: runs(200) },
  );
});

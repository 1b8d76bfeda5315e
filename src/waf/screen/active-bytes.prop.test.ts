/** A transformation that is left out for a text because nothing in it can change must indeed not change it. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { runs } from '../../../tests/support/fuzz.ts';
import { TRANSFORMATIONS } from '../transformations/transformations.ts';
import { activeBytes } from './active-bytes.ts';

describe('a text without the bytes that a transformation needs', () => {
  for (const [name, apply] of TRANSFORMATIONS) {
    const active = activeBytes(name);
    if (active === null) continue;
    it(`comes out of ${name} as it is`, () => {
      const idle = Array.from({ length: 256 }, (_, byte) => byte).filter((byte) => active[byte] === 0);
      // Signs turn up often: they are what transformations are about.
      const signs = idle.filter((byte) => byte < 0x30 || (byte > 0x39 && byte < 0x41) || byte > 0x7a);
      const unit = fc.constantFrom(...idle, ...signs, ...signs).map((byte) => String.fromCharCode(byte));
      fc.assert(
        fc.property(fc.string({ unit, maxLength: 40 }), (text) => {
          assert.equal(apply(text), text);
        }),
        { numRuns: runs(300) },
      );
    });
  }
});

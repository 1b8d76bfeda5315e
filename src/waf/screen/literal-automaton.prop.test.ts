import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { runs } from '../../../tests/support/fuzz.ts';
import { SLICE_BYTES } from '../budget/work-meter.ts';
import { LiteralAutomaton, ScanResult } from './literal-automaton.ts';
import type { Literal } from './literal-trie.ts';

const UNIT = fc.constantFrom('a', 'b', 'c', '1', '<', ' ', '\xe9');
const TEXT_UNIT = fc.constantFrom('a', 'b', 'c', 'A', 'B', '1', '<', ' ', '\xe9', '\xc9', '-');

const anyLiterals = fc
  .uniqueArray(fc.string({ unit: UNIT, minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 60 })
  .chain((texts) =>
    fc
      .array(fc.uniqueArray(fc.nat(99), { minLength: 1, maxLength: 3 }), {
        minLength: texts.length,
        maxLength: texts.length,
      })
      .map((slots) => texts.map((text, at): Literal => ({ text, slots: slots[at]! }))),
  );

describe('a literal automaton', () => {
  it('finds the slots of exactly the literals that the text contains, letters in either case', () => {
    fc.assert(
      fc.property(
        anyLiterals,
        fc.array(fc.string({ unit: TEXT_UNIT, maxLength: 30 }), { maxLength: 5 }),
        (literals, texts) => {
          const automaton = new LiteralAutomaton(literals, new Int32Array(256));
          const result = new ScanResult(4);
          for (const text of texts) {
            automaton.scan(text, result, null);
            const lower = text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
            const expected = new Set(
              literals.flatMap((literal) => (lower.includes(literal.text) ? literal.slots : [])),
            );
            const found = Array.from({ length: 128 }, (_, slot) => slot).filter(
              (slot) => ((result.hits[slot >> 5]! >>> (slot & 31)) & 1) === 1,
            );
            assert.deepEqual(
              found,
              [...expected].sort((one, other) => one - other),
            );
          }
        },
      ),
      { numRuns: runs(400) },
    );
  });

  it('finds literals where one slice of a long text ends and the next begins', () => {
    const automaton = new LiteralAutomaton(
      [
        { text: 'needle', slots: [0] },
        { text: '<', slots: [1] },
      ],
      new Int32Array(256),
    );
    const result = new ScanResult(1);
    const meter = { spend: () => true };
    for (let before = SLICE_BYTES - 7; before <= SLICE_BYTES + 1; before += 1) {
      const text = `${'x'.repeat(before)}needle${'x'.repeat(SLICE_BYTES)}<`;
      automaton.scan(text, result, meter);
      assert.equal(result.hits[0], 3, `${before}`);
    }
  });

  it('reads no further than the meter lets it', () => {
    const automaton = new LiteralAutomaton([{ text: '<', slots: [0] }], new Int32Array(256));
    const result = new ScanResult(1);
    automaton.scan(`${'x'.repeat(3 * SLICE_BYTES)}<`, result, { spend: () => false });
    assert.equal(result.hits[0], 0);
  });

  it('gathers the kinds of all bytes', () => {
    const kindOf = new Int32Array(256);
    kindOf[0x25] = 1;
    kindOf[0x41] = 2;
    const automaton = new LiteralAutomaton([{ text: 'x', slots: [0] }], kindOf);
    const result = new ScanResult(1);
    automaton.scan('a%A', result, null);
    assert.equal(result.kinds, 3);
    automaton.scan('', result, null);
    assert.equal(result.kinds, 0);
  });
});

/** What holds for every pattern and every text: all ways to run it agree, and a match has one of the needed texts. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { runs } from '../../../tests/support/fuzz.ts';
import { compilePattern } from './compile-pattern.ts';
import { LinearEngine } from './linear-engine.ts';
import { parsePattern } from './parse-pattern.ts';
import type { Pattern } from './pattern.ts';
import { anyPattern, anyText } from './testing/pattern-arbitrary.ts';
import { translate } from './translate.ts';

const TEXTS = fc.array(anyText, { minLength: 2, maxLength: 6 });

function compiled(source: string): Pattern {
  const pattern = compilePattern(source);
  assert.ok(pattern.ok, source);
  return pattern.value;
}

describe('a compiled pattern', () => {
  it("matches where the runtime's own expression and the automaton match", () => {
    fc.assert(
      fc.property(anyPattern, TEXTS, (source, texts) => {
        const parsed = parsePattern(source);
        assert.ok(parsed.ok);
        const linear = new LinearEngine(parsed.value);
        const native = translate(parsed.value.root);
        const pattern = compiled(source);
        for (const text of texts) {
          assert.equal(linear.test(text), native.test(text), JSON.stringify([source, text]));
          assert.equal(pattern.test(text), native.test(text));
        }
      }),
      { numRuns: runs(400) },
    );
  });

  it('has the same place and groups whatever runs it', () => {
    fc.assert(
      fc.property(anyPattern, TEXTS, (source, texts) => {
        const parsed = parsePattern(source);
        assert.ok(parsed.ok);
        const linear = new LinearEngine(parsed.value);
        const pattern = compiled(source);
        for (const text of texts) {
          assert.deepEqual(pattern.exec(text), linear.exec(text), JSON.stringify([source, text]));
          assert.equal(pattern.exec(text) !== null, pattern.test(text));
        }
      }),
      { numRuns: runs(400) },
    );
  });

  it('needs a text that every match has', () => {
    fc.assert(
      fc.property(anyPattern, TEXTS, (source, texts) => {
        const { needed, exec } = compiled(source);
        for (const text of texts) {
          const match = exec(text);
          if (match === null || needed === null) continue;
          const lower = match.groups[0]!.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
          assert.ok(
            needed.some((literal) => lower.includes(literal)),
            JSON.stringify([source, text, needed]),
          );
        }
      }),
      { numRuns: runs(400) },
    );
  });

  it('is a result for every text as a pattern, never an exception', () => {
    const unit = fc.constantFrom(...'()[]{}|*+?^$.\\-,:<>=!PQEixsmabdwz019\xe9'.split(''));
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 16 }), (source) => {
        const pattern = compilePattern(source);
        if (!pattern.ok) assert.match(pattern.fault, /offset \d+$/);
      }),
      { numRuns: runs(1000) },
    );
  });
});

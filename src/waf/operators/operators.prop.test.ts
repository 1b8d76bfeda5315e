import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { fail } from '../../core/result.ts';
import type { OperatorEnvironment } from './operator.ts';
import { OPERATORS } from './operators.ts';

const environment: OperatorEnvironment = { readFile: () => fail('there are no files') };

const bytes = fc.string({ unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)) });
/** Short texts of few characters, so that arguments and values meet. */
const close = fc.string({ unit: fc.constantFrom('a', 'A', 'b', ' ', '1', '.', '%', '\xe9'), maxLength: 6 });

const TEXTUAL = ['pm', 'contains', 'containsword', 'beginswith', 'endswith', 'streq', 'strmatch', 'within'];

describe('operators', () => {
  it('answer for any argument and any bytes, with a place inside the value', () => {
    fc.assert(
      fc.property(fc.oneof(close, bytes), fc.oneof(close, bytes), (argument, value) => {
        for (const [name, definition] of OPERATORS) {
          const compiled = definition.compile(argument, environment);
          if (!compiled.ok) {
            assert.match(compiled.fault, /\S/);
            continue;
          }
          const match = compiled.value.match(value);
          assert.equal(compiled.value.test(value), match !== null, name);
          if (match === null) continue;
          assert.ok(match.start >= 0 && match.start <= match.end && match.end <= value.length, name);
          assert.ok(match.captures.length >= 1 && match.captures.length <= 10, name);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('never match a value without any text that they need', () => {
    fc.assert(
      fc.property(close, close, (argument, value) => {
        const lower = value.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
        for (const name of TEXTUAL) {
          const compiled = OPERATORS.get(name)!.compile(argument, environment);
          if (!compiled.ok || compiled.value.needed === null || !compiled.value.test(value)) continue;
          assert.ok(
            compiled.value.needed.some((text) => lower.includes(text)),
            name,
          );
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('compare as the words of the language say', () => {
    fc.assert(
      fc.property(close, close, (argument, value) => {
        const answer = (name: string) => {
          const compiled = OPERATORS.get(name)!.compile(argument, environment);
          return compiled.ok && compiled.value.test(value);
        };
        assert.equal(answer('contains'), value.includes(argument));
        assert.equal(answer('within'), argument.includes(value));
        assert.equal(answer('streq'), answer('beginswith') && value.length === argument.length);
        assert.equal(answer('ge'), !answer('lt'));
        assert.equal(answer('le'), answer('lt') || answer('eq'));
        if (answer('containsword')) assert.ok(answer('contains'));
      }),
      { numRuns: 1000 },
    );
  });

  it('take time in proportion to the value, whatever it repeats', () => {
    const cases: readonly (readonly [string, string, string])[] = [
      ['pm', 'aaaaaaaab aaaab', 'a'],
      ['contains', 'aaaab', 'a'],
      ['containsword', 'aa', 'a'],
      ['validateurlencoding', '', '%4'],
      ['validateutf8encoding', '', '\xc3\xa9'],
      ['verifycc', '\\d{13,16}', '4111111111111112'],
      ['rxglobal', 'a*b|a', 'a'],
      ['verifycc', '1.*x|1', '1'],
    ];
    for (const [name, argument, piece] of cases) {
      const compiled = OPERATORS.get(name)!.compile(argument, environment);
      assert.ok(compiled.ok);
      const start = performance.now();
      compiled.value.match(piece.repeat(100_000));
      assert.ok(performance.now() - start < 3000, `${name} ${argument}`);
    }
  });
});

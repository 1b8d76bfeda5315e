/** A proof that a pattern is linear must hold for every text: counted with a matcher that backtracks without shame. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { runs } from '../../../tests/support/fuzz.ts';
import { analyseBacktracking } from './analyse-backtracking.ts';
import { parsePattern } from './parse-pattern.ts';
import { buildProgram, type Program } from './program.ts';
import { countSteps } from './testing/counting-matcher.ts';
import { hostileText, seededNumbers } from './testing/hostile-text.ts';
import { anyPattern, anyText } from './testing/pattern-arbitrary.ts';

function programOf(source: string): Program {
  const parsed = parsePattern(source);
  assert.ok(parsed.ok);
  return buildProgram(parsed.value.root, -1);
}

/** At the very end of a text edges may open that the proof leaves out of account, once. */
function bound(program: Program, ways: number, text: string): number {
  return ways * (text.length + 1) * 2 + program.operations.length;
}

describe('a pattern proven to be linear', () => {
  it('takes no more steps than a multiple of the text, for pumped pieces of text', () => {
    fc.assert(
      fc.property(anyPattern, anyText, anyText, anyText, (source, prefix, pump, suffix) => {
        const program = programOf(source);
        const ways = analyseBacktracking(program);
        if (ways === null) return;
        for (const count of [1, 10, 100]) {
          const text = prefix + pump.repeat(count) + suffix;
          const limit = bound(program, ways, text);
          assert.ok(countSteps(program, text, limit) < limit, JSON.stringify([source, prefix, pump, count]));
        }
      }),
      { numRuns: runs(600) },
    );
  });

  it('takes no more steps than that for texts made to make it work', () => {
    fc.assert(
      fc.property(anyPattern, fc.nat(), (source, seed) => {
        const program = programOf(source);
        const ways = analyseBacktracking(program);
        if (ways === null) return;
        const text = hostileText(program, 500, seededNumbers(seed), () => false);
        const limit = bound(program, ways, text);
        assert.ok(countSteps(program, text, limit) < limit, JSON.stringify([source, text.slice(0, 60)]));
      }),
      { numRuns: runs(150) },
    );
  });
});

describe('a pattern that some text makes slow', () => {
  const slow: readonly (readonly [string, string])[] = [
    ['(?:a+)+$', 'a'],
    ['(?:a|a)*$', 'a'],
    ['\\s+$', ' '],
    ['a.*b', 'a'],
    ['[a-z]+\\(', 'a'],
    ['(?:ab|a|b)*c', 'ab'],
    ['\\w*\\w*\\d$', 'a'],
    ['<[^>]*>\\s*x', '<'],
  ];
  for (const [source, pump] of slow) {
    it(`such as ${source} is not proven, and truly grows`, () => {
      const program = programOf(source);
      assert.equal(analyseBacktracking(program), null);
      const steps = (count: number): number => countSteps(program, `${pump.repeat(count)}!`, 5_000_000);
      assert.ok(steps(400) > 3 * steps(200) || steps(400) === 5_000_000);
    });
  }
});

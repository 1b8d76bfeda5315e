import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { compileWords } from './word-automaton.ts';

const unit = fc.constantFrom('a', 'b', 'A', 'c', '\xff');
const wordList = fc.array(fc.string({ unit, minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 8 });
const text = fc.string({ unit, maxLength: 30 });

describe('word automaton', () => {
  it('finds what a search for each word finds', () => {
    fc.assert(
      fc.property(wordList, text, (words, haystack) => {
        const compiled = compileWords(words);
        assert.ok(compiled.ok);
        assert.deepEqual(compiled.value.find(haystack), findEach(words, haystack));
      }),
      { numRuns: 3000 },
    );
  });
});

function findEach(words: readonly string[], haystack: string): { start: number; end: number } | null {
  let best: { start: number; end: number } | null = null;
  for (const word of words) {
    const start = haystack.toLowerCase().indexOf(word.toLowerCase());
    const end = start + word.length;
    if (start < 0) continue;
    if (best === null || end < best.end || (end === best.end && start < best.start)) best = { start, end };
  }
  return best;
}

/** What pm and pmFromFile share: an operator for a list of words. */
import { fail, ok, type Result } from '../../core/result.ts';
import type { CompiledOperator } from './operator.ts';
import { spanMatch } from './operator-match.ts';
import { compileWords } from './word-automaton.ts';

/** @param words none empty; fails with a sentence where there are none or too many */
export function compileWordOperator(words: readonly string[]): Result<CompiledOperator, string> {
  const compiled = compileWords(words);
  if (!compiled.ok) return fail(`the words to look for ${compiled.fault}`);
  const automaton = compiled.value;
  return ok({
    needed: automaton.words,
    test: (value) => automaton.test(value),
    match: (value) => {
      const found = automaton.find(value);
      return found === null ? null : spanMatch(value, found.start, found.end);
    },
  });
}

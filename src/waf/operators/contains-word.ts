/**
 * containsWord: whether the argument is in the value with no ASCII letter right before or behind it.
 *
 *     @containsWord select    on "1 select 2" and select2: matches; on selected: does not
 */
import { ok } from '../../core/result.ts';
import { neededText } from './needed-text.ts';
import type { OperatorDefinition } from './operator.ts';
import { spanMatch } from './operator-match.ts';

export const containsWord: OperatorDefinition = {
  name: 'containsword',
  compile(argument) {
    return ok({
      needed: neededText(argument),
      test: (value) => findWord(value, argument) >= 0,
      match: (value) => {
        const start = findWord(value, argument);
        return start < 0 ? null : spanMatch(value, start, start + argument.length);
      },
    });
  },
};

function findWord(value: string, word: string): number {
  if (word === '') return 0;
  let start = value.indexOf(word);
  while (start >= 0 && (isLetterAt(value, start - 1) || isLetterAt(value, start + word.length))) {
    start = value.indexOf(word, start + 1);
  }
  return start;
}

function isLetterAt(value: string, at: number): boolean {
  const letter = value.charCodeAt(at) | 0x20;
  return letter >= 0x61 && letter <= 0x7a;
}

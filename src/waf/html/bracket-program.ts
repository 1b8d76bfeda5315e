/**
 * Programs of brackets, `!` and `+` alone (`[][(![]+[])[+[]]...`): every text of script can be written so, and nothing
 * else looks like it. One pass; a run of such signs is looked at once.
 */
import { characterTable } from '../characters.ts';

const BRACKET_CHARACTERS = characterTable('[]()!+{}');
const BRACKET_RUN_MIN = 10;
const NEGATED_ARRAY = /!\[\]|\+\[\]|\+!\+|!!\[/;

/** Where a program of brackets, `!` and `+` alone begins, or -1. */
export function bracketProgramStart(text: string): number {
  let run = 0;
  for (let at = 0; at <= text.length; at += 1) {
    if (at < text.length && BRACKET_CHARACTERS[text.charCodeAt(at) & 0xff] === 1) {
      run += 1;
      continue;
    }
    if (run >= BRACKET_RUN_MIN && NEGATED_ARRAY.test(text.slice(at - run, at))) return at - run;
    run = 0;
  }
  return -1;
}

/** Files with one entry a line, for operators that take lists of words or addresses. */
import { fail, ok, type Result } from '../../core/result.ts';
import { trim } from '../transformations/trim.ts';
import type { OperatorEnvironment } from './operator.ts';

/**
 * The entries of the files whose names the argument holds, blanks between them. Blank lines and those that begin with
 * `#` are none. Fails with a sentence.
 */
export function readListLines(argument: string, environment: OperatorEnvironment): Result<string[], string> {
  const names = argument.split(/[\t-\r ]+/).filter((name) => name !== '');
  if (names.length === 0) return fail('the name of a file is missing');
  const lines: string[] = [];
  for (const name of names) {
    const text = environment.readFile(name);
    if (!text.ok) return text;
    for (const line of text.value.split('\n')) {
      // Of ASCII blanks only: a byte 0xa0 at the end is part of a UTF-8 character.
      const entry = trim(line);
      if (entry !== '' && !entry.startsWith('#')) lines.push(entry);
    }
  }
  return ok(lines);
}

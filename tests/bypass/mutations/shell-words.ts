/** Words of a command taken apart by what the shell takes away again. */
import { COMMANDS, type Mutation, rewriting } from '../mutation.ts';

/** Names of programs after a separator or at the beginning. */
const PROGRAM = /(^|[;&|`(]\s*|\$\(\s*)([a-z]{2,})(?=[\s;|&`)]|$)/g;

export const shellWords: readonly Mutation[] = [
  rewriting('shell-empty-quotes', COMMANDS, (payload) => inPrograms(payload, "''")),
  rewriting('shell-backslash', COMMANDS, (payload) => inPrograms(payload, '\\')),
  rewriting('shell-empty-variable', COMMANDS, (payload) => inPrograms(payload, '$@')),
];

/** Commands of Windows have another shell. */
const WINDOWS = /powershell|cmd|%|\b(?:for|if)\b|[a-z]:\\/i;

function inPrograms(payload: string, nothing: string): string {
  if (WINDOWS.test(payload)) return payload;
  return payload.replace(
    PROGRAM,
    (_, before: string, name: string) => `${before}${name[0]}${nothing}${name.slice(1)}`,
  );
}

/** Escapes of JavaScript: in full for origins that write the text into a string, and in names as scripts may have them. */
import { MARKUP, type Mutation, rewriting } from '../mutation.ts';

const SPECIAL = /[<>"'`()/=:;]/g;

export const scriptEscapes: readonly Mutation[] = [
  rewriting('script-unicode-escapes', MARKUP, (payload) =>
    payload.replace(SPECIAL, (char) => `\\u${hex(char, 4)}`),
  ),
  rewriting('script-octet-escapes', MARKUP, (payload) =>
    payload.replace(SPECIAL, (char) => `\\x${hex(char, 2)}`),
  ),
  rewriting('script-code-points', MARKUP, (payload) =>
    payload.replace(SPECIAL, (char) => `\\u{${hex(char, 6)}}`),
  ),
  rewriting('script-escaped-names', MARKUP, (payload) =>
    payload.replace(
      /\b(?:alert|prompt|confirm|eval)(?=\s*[(`])/g,
      (name) => `\\u${hex(name, 4)}${name.slice(1)}`,
    ),
  ),
];

function hex(text: string, digits: number): string {
  return text.charCodeAt(0).toString(16).padStart(digits, '0');
}

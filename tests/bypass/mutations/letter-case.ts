/** Capital and small letters in turn, in languages and in the parts of them that make no difference between the two. */
import { MARKUP, type Mutation, PHP, rewriting, SQL } from '../mutation.ts';

export const letterCase: readonly Mutation[] = [
  // Names of tags and attributes, and of schemes; scripts are left alone.
  rewriting('mixed-case', MARKUP, (payload) =>
    payload.replace(/(?:<\/?[a-z]+|\bon[a-z]+(?=\s*=)|\b(?:javascript|vbscript|data)(?=:))/gi, mix),
  ),
  // Outside of quotation marks; between them text is compared.
  rewriting('mixed-case', SQL, (payload) =>
    payload.replace(/'[^']*'|"[^"]*"|[a-z]+/gi, (text) => (/^['"]/.test(text) ? text : mix(text))),
  ),
  // Names of functions.
  rewriting('mixed-case', PHP, (payload) => payload.replace(/(?<![$\w])[a-z_]{3,}(?=\s*\()/gi, mix)),
];

function mix(text: string): string {
  return [...text].map((char, index) => (index % 2 === 0 ? char.toUpperCase() : char.toLowerCase())).join('');
}

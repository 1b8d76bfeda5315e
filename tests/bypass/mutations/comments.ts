/** Comments of SQL where a blank stood, and around words: databases skip the first and run what is in the second. */
import { type Mutation, rewriting, SQL } from '../mutation.ts';

export const comments: readonly Mutation[] = [
  rewriting('sql-comments-for-blanks', SQL, (payload) =>
    beforeLineComment(payload, (text) => text.replace(/ +/g, '/**/')),
  ),
  rewriting('sql-long-comments', SQL, (payload) =>
    beforeLineComment(payload, (text) => text.replace(/ +/g, `/*${'x'.repeat(300)}*/`)),
  ),
  rewriting('sql-line-comments-for-blanks', SQL, (payload) =>
    beforeLineComment(payload, (text) => text.replace(/ +/g, '-- x\n')),
  ),
  // MySQL and MariaDB run what such a comment holds.
  rewriting('sql-conditional-comments', SQL, (payload) =>
    payload.replace(
      /\b(?:union|select|from|where|and|or|sleep|having|order|group)\b/gi,
      (word) => `/*!50000${word}*/`,
    ),
  ),
];

/** Behind the beginning of a comment up to the end blanks have no meaning. */
function beforeLineComment(payload: string, change: (text: string) => string): string {
  const at = payload.search(/--|#/);
  return at === -1 ? change(payload) : change(payload.slice(0, at)) + payload.slice(at);
}

/** Other white space where a language takes more than the blank for it. */
import { COMMANDS, MARKUP, type Mutation, rewriting, SQL } from '../mutation.ts';

const SQL_BLANKS = [
  ['tab', '\t'],
  ['lf', '\n'],
  ['vt', '\v'],
  ['ff', '\f'],
  ['cr', '\r'],
  // A blank to MySQL in latin-1 and to SQL Server.
  ['nbsp', '\xa0'],
] as const;

export const blanks: readonly Mutation[] = [
  ...SQL_BLANKS.map(([name, blank]) =>
    rewriting(`blank-${name}`, SQL, (payload) => {
      const at = payload.search(/--|#/);
      const end = at === -1 ? payload.length : at;
      return payload.slice(0, end).replaceAll(' ', blank) + payload.slice(end);
    }),
  ),
  // Between the name of a tag and its first attribute.
  ...['tab', 'lf', 'ff', 'cr'].map((name) =>
    rewriting(`blank-${name}`, MARKUP, (payload) =>
      payload.replace(/(<[a-z]+) /gi, `$1${SQL_BLANKS.find(([known]) => known === name)?.[1] ?? ' '}`),
    ),
  ),
  rewriting('blank-slash', MARKUP, (payload) => payload.replace(/(<[a-z]+) /gi, '$1/')),
  rewriting('blank-tab', COMMANDS, (payload) => payload.replaceAll(' ', '\t')),
  // The shell's own separator.
  rewriting('blank-ifs', COMMANDS, (payload) =>
    payload.includes('/') ? payload.replace(/(?<=\w) (?=[\w/.-])/g, `\${IFS}`) : null,
  ),
];

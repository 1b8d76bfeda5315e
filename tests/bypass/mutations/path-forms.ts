/** Ways out of a folder as other systems and servers write them. */
import { FILES, type Mutation, rewriting } from '../mutation.ts';

export const pathForms: readonly Mutation[] = [
  rewriting('path-backslashes', FILES, (payload) =>
    payload.includes('../') ? payload.replaceAll('/', '\\') : null,
  ),
  rewriting('path-repeated-slashes', FILES, (payload) => payload.replaceAll('../', '..//')),
  rewriting('path-dot-segments', FILES, (payload) => payload.replaceAll('../', './.././')),
  // Servers that cut path parameters off before they resolve dots.
  rewriting('path-parameters', FILES, (payload) => payload.replaceAll('../', '..;a=b/')),
  // Filters that take out `../` once.
  rewriting('path-doubled', FILES, (payload) => payload.replaceAll('../', '....//')),
];

/** NUL where an origin or a browser reads past it, or stops at it. */
import { FILES, MARKUP, type Mutation, rewriting, SQL } from '../mutation.ts';

export const nulls: readonly Mutation[] = [
  // File names end there for programs written in C.
  rewriting('null-behind', FILES, (payload) => `${payload}\0.png`),
  rewriting('null-before', [...MARKUP, ...SQL], (payload) => `\0${payload}`),
  // Old browsers skip it within names.
  rewriting('null-in-tag', MARKUP, (payload) => payload.replace(/<([a-z])(?=[a-z])/gi, '<$1\0')),
];

/** All mutations, in the order of the report. */
import type { Mutation } from './mutation.ts';
import { base64 } from './mutations/base64.ts';
import { blanks } from './mutations/blanks.ts';
import { carriers } from './mutations/carriers.ts';
import { chunks } from './mutations/chunks.ts';
import { comments } from './mutations/comments.ts';
import { contentCodings } from './mutations/content-codings.ts';
import { entities } from './mutations/entities.ts';
import { formTypes } from './mutations/form-types.ts';
import { fullWidth } from './mutations/full-width.ts';
import { jsonBodies } from './mutations/json-bodies.ts';
import { letterCase } from './mutations/letter-case.ts';
import { multipartBodies } from './mutations/multipart-bodies.ts';
import { nulls } from './mutations/nulls.ts';
import { overlongUtf8 } from './mutations/overlong-utf8.ts';
import { padding } from './mutations/padding.ts';
import { parserLimits } from './mutations/parser-limits.ts';
import { pathForms } from './mutations/path-forms.ts';
import { percentEncoding } from './mutations/percent-encoding.ts';
import { pollution } from './mutations/pollution.ts';
import { scriptEscapes } from './mutations/script-escapes.ts';
import { shellWords } from './mutations/shell-words.ts';
import { xmlBodies } from './mutations/xml-bodies.ts';

export const MUTATIONS: readonly Mutation[] = [
  ...percentEncoding,
  ...overlongUtf8,
  ...fullWidth,
  ...letterCase,
  ...comments,
  ...blanks,
  ...nulls,
  ...entities,
  ...scriptEscapes,
  ...shellWords,
  ...pathForms,
  ...formTypes,
  ...contentCodings,
  ...chunks,
  ...jsonBodies,
  ...xmlBodies,
  ...multipartBodies,
  ...pollution,
  ...carriers,
  ...padding,
  ...parserLimits,
  ...base64,
];

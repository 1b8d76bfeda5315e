/**
 * strmatch: whether the argument is in the value, by another name than contains.
 *
 *     @strmatch ../    on a/../b: matches
 */
import { contains } from './contains.ts';
import type { OperatorDefinition } from './operator.ts';

export const strmatch: OperatorDefinition = { name: 'strmatch', compile: contains.compile };

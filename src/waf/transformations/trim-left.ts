/**
 * trimLeft: takes ASCII white space from the beginning.
 *
 *     \t a b\n -> a b\n
 */
import { skipWhitespace } from './white-space.ts';

export function trimLeft(text: string): string {
  const start = skipWhitespace(text);
  return start === 0 ? text : text.slice(start);
}

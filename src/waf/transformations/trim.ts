/**
 * trim: takes ASCII white space from both ends.
 *
 *     \t a b\r\n -> a b
 */
import { skipWhitespace, trailingWhitespace } from './white-space.ts';

export function trim(text: string): string {
  const start = skipWhitespace(text);
  const end = trailingWhitespace(text, start);
  return end - start === text.length ? text : text.slice(start, end);
}

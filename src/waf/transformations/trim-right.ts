/**
 * trimRight: takes ASCII white space from the end.
 *
 *     \t a b\n -> \t a b
 */
import { trailingWhitespace } from './white-space.ts';

export function trimRight(text: string): string {
  const end = trailingWhitespace(text, 0);
  return end === text.length ? text : text.slice(0, end);
}

/**
 * replaceNulls: puts a blank in the place of every NUL byte.
 *
 *     a\0b -> a b
 */
const NULL = /\0/g;

export function replaceNulls(text: string): string {
  return text.indexOf('\0') < 0 ? text : text.replace(NULL, ' ');
}

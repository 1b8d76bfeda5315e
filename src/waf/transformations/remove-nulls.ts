/**
 * removeNulls: takes NUL bytes away.
 *
 *     a\0b -> ab
 */
const NULLS = /\0+/g;

export function removeNulls(text: string): string {
  return text.indexOf('\0') < 0 ? text : text.replace(NULLS, '');
}

/**
 * removeCommentsChar: takes the marks of comments away and leaves what stands in them: those of C, SQL, shells and
 * HTML.
 *
 *     a--b#c<!--d--> -> abcd
 */
const MARK = /\/\*|\*\/|--|#|<!--/;
const MARKS = /\/\*|\*\/|<!--|-->|--|#/g;

export function removeCommentsChar(text: string): string {
  return MARK.test(text) ? text.replace(MARKS, '') : text;
}

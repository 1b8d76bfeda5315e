/**
 * removeComments: takes comments away: of C and HTML from mark to mark, of SQL and shells from `--` or `#` to the
 * end of the text. What is cut off at the end leaves a blank, as does a comment that does not end. Never longer than
 * its input.
 *
 *     a<!-- b -->c-- d -> ac␠
 */
const MARK = /\/\*|--|#/;
/** Every alternative ends at its closing mark or takes all the rest, so the text is read once. */
const COMMENTS = /\/\*[\s\S]*?(\*\/|$)|<!--[\s\S]*?(-->|$)|(?:--|#)[\s\S]*/g;

export function removeComments(text: string): string {
  if (!MARK.test(text)) return text;
  return text.replace(COMMENTS, (_, closeC?: string, closeHtml?: string) => (closeC || closeHtml ? '' : ' '));
}

/** Comments of C in a text. */

/** The text with `replacement` for every comment; one that does not end lasts to the end. */
export function withoutComments(text: string, replacement: string): string {
  let start = text.indexOf('/*');
  if (start < 0) return text;
  let out = '';
  let from = 0;
  while (start >= 0) {
    out += text.slice(from, start) + replacement;
    const end = text.indexOf('*/', start + 2);
    from = end < 0 ? text.length : end + 2;
    start = text.indexOf('/*', from);
  }
  return out + text.slice(from);
}

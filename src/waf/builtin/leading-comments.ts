/**
 * Comments before a document, in the two forms of JavaScript. JSON has none (RFC 8259), but lenient parsers skip them.
 *
 * Linear: at most 64 comments, each searched for its end once.
 */

const COMMENTS_MAX = 64;

/** The text from behind the comments at its beginning; the very same text where there are none. */
export function behindComments(text: string): string {
  let start = 0;
  for (let count = 0; count < COMMENTS_MAX; count += 1) {
    const at = skipBlanks(text, start);
    const end = endOfComment(text, at);
    if (end === -1) return count === 0 ? text : text.slice(at);
    start = end;
  }
  return text.slice(start);
}

function skipBlanks(text: string, start: number): number {
  let index = start;
  while (index < text.length && ' \t\r\n'.includes(text.charAt(index))) index += 1;
  return index;
}

/** The index behind the comment at `start`; -1 where none begins or ends. */
function endOfComment(text: string, start: number): number {
  const isBlock = text.startsWith('/*', start);
  if (!isBlock && !text.startsWith('//', start)) return -1;
  const end = text.indexOf(isBlock ? '*/' : '\n', start + 2);
  return end === -1 ? -1 : end + (isBlock ? 2 : 1);
}

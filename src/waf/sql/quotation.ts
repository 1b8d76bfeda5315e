/**
 * What the marks around a text tell: whether a quotation mark closes the origin's string or opens one of the client's,
 * which is what prose, markup and program text have it for.
 */
import type { Evidence } from './evidence.ts';
import * as t from './token-kinds.ts';
import type { TokenStream } from './token-stream.ts';

/** What prose has between words, and values of one word have not. */
const BLANK_IN_IT = /[\s,.:;]/;
/** Both sides of an injection are no longer than this, if they are one word. */
const COMPACT_CHARACTERS_MAX = 64;
const COMMENT_CHARACTERS_MAX = 256;

/** The place that a text was put in: behind `closed` and a mark that ended the origin's string. */
export interface Closing {
  readonly mark: "'" | '"' | '`';
  /** What stands before the mark. */
  readonly closed: string;
}

/** Whether the text before the mark consists of several words. */
export function isProse({ closed }: Closing): boolean {
  return BLANK_IN_IT.test(closed);
}

/** Whether the mark looks as if it opened a string of the client's: it begins a word of a longer text. */
export function isOpening({ closed }: Closing): boolean {
  return closed.trim() !== '' && /[\s=(:,[{'"`]$/.test(closed);
}

/** Whether the comment holds the mark's other half: `"/img/*"`, `"--flag"`. */
export function isBalanced(stream: TokenStream, at: number, closing: Closing): boolean {
  if (closing.closed !== '' && !isOpening(closing)) return false;
  return stream.text
    .slice(stream.start(at), stream.start(at) + COMMENT_CHARACTERS_MAX)
    .includes(closing.mark);
}

/** Whether what stands before the closing mark and behind the last opening one is no prose. */
export function isCompact(stream: TokenStream, { closed }: Closing): boolean {
  const opening = Math.max(stream.text.lastIndexOf("'"), stream.text.lastIndexOf('"'));
  const rest = stream.text.slice(opening + 1, opening + 1 + COMPACT_CHARACTERS_MAX + 1);
  return (
    closed.length <= COMPACT_CHARACTERS_MAX &&
    rest.length <= COMPACT_CHARACTERS_MAX &&
    !BLANK_IN_IT.test(closed) &&
    !BLANK_IN_IT.test(rest)
  );
}

/** `'or'`, `["like"]`: a word in quotation marks, which a text or list begins with. */
export function isQuotedWord(stream: TokenStream, at: number, closing: Closing): boolean {
  const isWord = stream.detail(at) === t.AS_WORD && stream.start(at) === stream.beginning;
  return isWord && (closing.closed === '' || isOpening(closing));
}

/** `' or ''-'`: literals joined by operators, of which the origin's mark closes the last. */
export function isLiteralChain(found: Evidence): boolean {
  const operators = found.logic + found.arithmetic + found.literalComparisons + found.constants;
  return found.isOpen && found.names + found.unknownCalls === 0 && operators > 1;
}

/** Whether the open string that the token `index` is was opened by the origin's kind of mark, which closes it too. */
export function isClosedBy(stream: TokenStream, index: number, mark: string): boolean {
  const opening = /['"]/.exec(stream.text.slice(stream.start(index), stream.start(index) + 16));
  return opening?.[0] === mark;
}

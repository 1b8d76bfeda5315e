/** Tells values of one line from texts that people write: there a single sign of an attack says less. */

/** A longer value of a document is a text. */
const LINE_CHARACTERS_MAX = 256;
const LINES_CHARACTERS_MIN = 64;
const SEVERAL_LINES = /\n[^\n]*\n/;
/** Four words in a row, as sentences have them and commands hardly. */
const SENTENCE = /\b[a-z']{1,16},? [a-z']{1,16},? [a-z']{1,16},? [a-z']{2}/i;

/** A value of more lines is a document or a message, which is judged by its whole. */
const LINES_MAX = 4;
const NO_PIECES: readonly string[] = Object.freeze([]);
const BLANK = /\s/;

/** Whether a text has several lines and some length. */
export function hasLines(text: string): boolean {
  return text.length > LINES_CHARACTERS_MIN && SEVERAL_LINES.test(text);
}

/** Whether the value of a form is a message of several lines, perhaps with program text in it. */
export function isMessage(text: string): boolean {
  return hasLines(text) && SENTENCE.test(text);
}

/** What a text of a document is to rules: programs send texts of several lines that are no messages. */
export function placeOfText(text: string): 'text' | 'value' {
  return text.length > LINE_CHARACTERS_MAX || hasLines(text) ? 'text' : 'value';
}

/**
 * What may be a value by itself at the ends of a text of few lines: each of its lines, of a long one the beginning and
 * the end, cut at a blank. An attack with prose before or behind it is then judged as if it stood alone. At most eight
 * pieces of 256 characters; none of a text of many lines.
 */
export function endsOfText(text: string): readonly string[] {
  const lines = text.split('\n', LINES_MAX + 1);
  if (lines.length > LINES_MAX) return NO_PIECES;
  return lines.flatMap((line) =>
    line.length <= LINE_CHARACTERS_MAX ? [line] : [beginningOf(line), endOf(line)],
  );
}

function beginningOf(line: string): string {
  let end = LINE_CHARACTERS_MAX;
  while (end > LINE_CHARACTERS_MAX / 2 && !BLANK.test(line.charAt(end))) end -= 1;
  return line.slice(0, end);
}

function endOf(line: string): string {
  let start = line.length - LINE_CHARACTERS_MAX;
  const last = line.length - LINE_CHARACTERS_MAX / 2;
  while (start < last && !BLANK.test(line.charAt(start - 1))) start += 1;
  return line.slice(start);
}

/** Tells values of one line from texts that people write: there a single sign of an attack says less. */

/** A longer value of a document is a text. */
const LINE_CHARACTERS_MAX = 256;
const LINES_CHARACTERS_MIN = 64;
const SEVERAL_LINES = /\n[^\n]*\n/;
/** Four words in a row, as sentences have them and commands hardly. */
const SENTENCE = /\b[a-z']{1,16},? [a-z']{1,16},? [a-z']{1,16},? [a-z']{2}/i;

/** So far from an end of a text a sentence is looked for. */
const SENTENCE_WITHIN = 1024;
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
 * Beginning and end of a long text of one line, each at most 256 characters, cut at a blank: an attack with prose
 * behind or before it is then judged as if it stood alone. Texts of several lines have none, since stack traces and
 * program text begin and end like attacks; nor has an end without a sentence close to it, since in the long tokens that
 * programs send every sign occurs sooner or later.
 */
export function endsOfText(text: string): readonly string[] {
  const line = text.trim();
  if (line.length <= LINE_CHARACTERS_MAX || line.includes('\n')) return NO_PIECES;
  const pieces: string[] = [];
  if (SENTENCE.test(line.slice(0, SENTENCE_WITHIN))) pieces.push(beginningOf(line));
  if (SENTENCE.test(line.slice(-SENTENCE_WITHIN))) pieces.push(endOf(line));
  return pieces;
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

/** Where literals end: numbers in all their forms, and strings in all their quotings. */
import { isDigit, isWordCharacter } from '../characters.ts';
import type { Landmarks } from './landmarks.ts';

const BACKSLASH = 0x5c;
const DOT = 0x2e;
/** A quoting with a mark of the client's choice is searched this far for its end. */
const CHOSEN_QUOTING_MAX = 1024;

/**
 * The end of the number that begins at `start` with a digit or a dot: `12`, `1.5`, `.5`, `1.`, `1e-5`, `0x2F`, `0b1`.
 * The longest reading, as in databases: `1e0union` is a number and a word.
 */
export function numberEnd(text: string, start: number): number {
  const second = text.charCodeAt(start + 1) | 0x20;
  if (text.charCodeAt(start) === 0x30 && (second === 0x78 || second === 0x62)) {
    const end = radixEnd(text, start + 2, second === 0x78);
    if (end > start + 2) return end;
  }
  let end = digitsEnd(text, start);
  if (text.charCodeAt(end) === DOT) end = digitsEnd(text, end + 1);
  if ((text.charCodeAt(end) | 0x20) !== 0x65) return end;
  const sign = text.charCodeAt(end + 1);
  const digits = sign === 0x2b || sign === 0x2d ? end + 2 : end + 1;
  return isDigit(text.charCodeAt(digits)) ? digitsEnd(text, digits) : end;
}

/** `1.e`: a number with an exponent that has no digits vanishes in MySQL. Its length, 0 for anything else. */
export function emptyExponentLength(text: string, at: number): number {
  const dot = digitsEnd(text, at);
  if (text.charCodeAt(dot) !== DOT || (text.charCodeAt(dot + 1) | 0x20) !== 0x65) return 0;
  const next = text.charCodeAt(dot + 2);
  return isWordCharacter(next) || next === 0x2b || next === 0x2d ? 0 : dot + 2 - at;
}

/** `@x`, `@@x`, and `@` in quotation marks; not the operators `@>`, `@?` and `@@`. */
export function beginsVariable(text: string, at: number): boolean {
  const name = text.charCodeAt(at + 1) === 0x40 ? at + 2 : at + 1;
  const code = text.charCodeAt(name);
  return isWordCharacter(code) || (name === at + 1 && code !== 0x3e && code !== 0x3f);
}

function digitsEnd(text: string, start: number): number {
  let end = start;
  while (isDigit(text.charCodeAt(end))) end += 1;
  return end;
}

function radixEnd(text: string, start: number, isHex: boolean): number {
  let end = start;
  for (; ; end += 1) {
    const code = text.charCodeAt(end);
    const letter = code | 0x20;
    const isIn = isHex ? isDigit(code) || (letter >= 0x61 && letter <= 0x66) : code === 0x30 || code === 0x31;
    if (!isIn) return end;
  }
}

/**
 * The index behind the mark that closes a string, the text's length + 1 where none does. A doubled mark and one
 * behind a backslash belong to the string.
 *
 * @param start behind the opening mark
 */
export function stringEnd(text: string, start: number, quote: "'" | '"', landmarks: Landmarks): number {
  for (let from = start; ; ) {
    const at = landmarks.next(quote, from);
    if (at >= text.length) return text.length + 1;
    if (isEscaped(text, at, start)) from = at + 1;
    else if (text.charAt(at + 1) === quote) from = at + 2;
    else return at + 1;
  }
}

/** Whether an odd number of backslashes stands before `at`, none before `start` counted. */
export function isEscaped(text: string, at: number, start: number): boolean {
  let first = at;
  while (first > start && text.charCodeAt(first - 1) === BACKSLASH) first -= 1;
  return (at - first) % 2 === 1;
}

/** The end of a PostgreSQL string such as `$$x$$` or `$tag$x$tag$` that begins at `start`, or -1. */
export function dollarStringEnd(text: string, start: number): number {
  let tagEnd = start + 1;
  while (tagEnd < start + 32 && isWordCharacter(text.charCodeAt(tagEnd))) tagEnd += 1;
  if (text.charAt(tagEnd) !== '$') return -1;
  const tag = text.slice(start, tagEnd + 1);
  const window = text.slice(tagEnd + 1, tagEnd + 1 + CHOSEN_QUOTING_MAX);
  const close = window.indexOf(tag);
  return close === -1 ? -1 : tagEnd + 1 + close + tag.length;
}

/** The end of an Oracle string such as `q'[x]'`, or -1. @param quote the index of its first quotation mark */
export function chosenStringEnd(text: string, quote: number): number {
  const opening = text.charAt(quote + 1);
  const pair = '[](){}<>'.indexOf(opening);
  const closing = pair >= 0 && pair % 2 === 0 ? '[](){}<>'.charAt(pair + 1) : opening;
  if (opening === '') return -1;
  const close = text.slice(quote + 2, quote + 2 + CHOSEN_QUOTING_MAX).indexOf(`${closing}'`);
  return close === -1 ? -1 : quote + 2 + close + 2;
}

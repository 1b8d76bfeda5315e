/** Words of SQL text: keywords, and names with their parts in any quoting joined by dots. */
import { blankLength, isNamePart, isNameStart } from './characters.ts';
import type { Landmarks } from './landmarks.ts';
import { chosenStringEnd } from './literals.ts';
import * as t from './token-kinds.ts';
import { dottedDetail, functionDetail, isSystemProcedure, WORD_CHARACTERS_MAX, WORDS } from './vocabulary.ts';

export interface ReadWord {
  readonly kind: number;
  readonly detail: number;
  readonly end: number;
  /** Where the word is the prefix of a string: the mark that opens it, at `end`. */
  readonly quote: "'" | '"' | '';
}

const DOT = 0x2e;
const GRAVE = 0x60;
const BRACKET = 0x5b;
/** A bracketed name that is longer is no name. */
const BRACKETED_MAX = 128;
const PARTS_MAX = 6;

/** Prefixes of strings: national, escaped, hexadecimal, binary, raw, Unicode, and character sets as `_utf8'x'`. */
const STRING_PREFIX = /^(?:[nexbru]|u&|_[a-z][a-z0-9]{1,12})$/i;
const CHOSEN_PREFIX = /^n?q$/i;

/** The end of the letters, digits and bytes of other alphabets from `start` on. */
export function wordEnd(text: string, start: number): number {
  let end = start;
  for (let code = text.charCodeAt(end); isNamePart(code); code = text.charCodeAt(end)) {
    if (code > 0x7f && blankLength(text, end) > 0) {
      // The byte of a no-break space may also be the second one of a letter in UTF-8.
      const isLetter = code === 0xa0 && end > start && text.charCodeAt(end - 1) > 0x7f;
      if (!isLetter) break;
    }
    end += 1;
  }
  return end;
}

/** The word or name that begins at `start`. */
export function readName(text: string, start: number, landmarks: Landmarks): ReadWord {
  const first = text.charCodeAt(start);
  const end = partEnd(text, start, landmarks);
  if (end === -1) return { kind: t.OTHER, detail: 0, end: start + 1, quote: '' };
  if (isDotted(text, end)) return readDotted(text, start, end, landmarks);
  if (first === GRAVE || first === BRACKET)
    return plainName(text, start, end, text.slice(start + 1, end - 1));
  const next = text.charAt(end);
  if (next === "'" || next === '"') {
    const prefix = text.slice(start, Math.min(end, start + 16));
    if (CHOSEN_PREFIX.test(prefix) && next === "'") {
      const close = chosenStringEnd(text, end);
      if (close !== -1) return { kind: t.STRING, detail: 0, end: close, quote: '' };
    }
    if (STRING_PREFIX.test(prefix)) return { kind: t.STRING, detail: 0, end, quote: next };
  }
  return classify(text, start, end);
}

/** -1 for a quoted part without an end. */
function partEnd(text: string, start: number, landmarks: Landmarks): number {
  const first = text.charCodeAt(start);
  if (first !== GRAVE && first !== BRACKET) return wordEnd(text, start);
  const close = landmarks.next(first === GRAVE ? '`' : ']', start + 1);
  return close >= text.length || close - start > BRACKETED_MAX ? -1 : close + 1;
}

/** Whether another part of the name follows; `..` leaves one out. */
function isDotted(text: string, end: number): boolean {
  if (text.charCodeAt(end) !== DOT) return false;
  const next = text.charCodeAt(text.charCodeAt(end + 1) === DOT ? end + 2 : end + 1);
  return isNameStart(next) || next === GRAVE || next === BRACKET || next === 0x2a;
}

function readDotted(text: string, start: number, firstEnd: number, landmarks: Landmarks): ReadWord {
  let end = firstEnd;
  for (let parts = 1; parts < PARTS_MAX && isDotted(text, end); parts += 1) {
    const next = text.charCodeAt(end + 1) === DOT ? end + 2 : end + 1;
    if (text.charCodeAt(next) === 0x2a)
      return { kind: t.NAME, detail: t.NAME_PLAIN, end: next + 1, quote: '' };
    const partsEnd = partEnd(text, next, landmarks);
    if (partsEnd === -1) break;
    end = partsEnd;
  }
  return plainName(text, start, end, text.slice(start, end).replace(/[`[\]]/g, ''));
}

function plainName(text: string, start: number, end: number, written: string): ReadWord {
  if (end - start > WORD_CHARACTERS_MAX) return { kind: t.NAME, detail: t.NAME_PLAIN, end, quote: '' };
  const name = written.toLowerCase();
  const called = isCalled(text, end) ? functionDetail(name) : t.NAME_PLAIN;
  return { kind: t.NAME, detail: called === t.NAME_PLAIN ? dottedDetail(name) : called, end, quote: '' };
}

function classify(text: string, start: number, end: number): ReadWord {
  const word = end - start > WORD_CHARACTERS_MAX ? '' : text.slice(start, end).toLowerCase();
  const known = WORDS.get(word);
  if (known !== undefined && (known & 0xff) !== t.NAME) {
    return { kind: known & 0xff, detail: known >> 8, end, quote: '' };
  }
  const called = isCalled(text, end) ? functionDetail(word) : t.NAME_PLAIN;
  if (called !== t.NAME_PLAIN) return { kind: t.NAME, detail: called, end, quote: '' };
  if (known !== undefined) return { kind: t.NAME, detail: known >> 8, end, quote: '' };
  const detail = isSystemProcedure(word) ? t.NAME_PROCEDURE : t.NAME_PLAIN;
  return { kind: t.NAME, detail, end, quote: '' };
}

/** Whether an opening bracket follows, blanks and comments between them at will. */
function isCalled(text: string, end: number): boolean {
  let at = end;
  while (at < end + CALL_DISTANCE_MAX && (text.charCodeAt(at) <= 0x20 || text.charCodeAt(at) === 0xa0))
    at += 1;
  const code = text.charCodeAt(at);
  if (code === 0x28) return true;
  // A comment, its end where code stood in one, or a blank that was not decoded: rare enough for a closer look.
  return (
    (code === 0x2f || code === 0x2a || code === 0x2b) && CALLED.test(text.slice(at, at + CALL_DISTANCE_MAX))
  );
}

const CALL_DISTANCE_MAX = 64;
const CALLED = /^(?:[\s\0\xa0+]|\/\*[^*]{0,40}\*\/|\*\/){0,20}\(/;

/** Names of attributes and elements as browsers, old ones included, read them. */
import { characterTable, isLetter, isWordCharacter } from '../characters.ts';
import { NOT_EVENTS } from './elements.ts';

const NAME_CHARACTERS_MAX = 64;
const EVENT_LETTERS_MIN = 3;
const CONTROLS = `${Array.from({ length: 0x21 }, (_, code) => String.fromCharCode(code)).join('')}\x7f`;
const PLAIN_NAME = /^[\w:.-]*$/;
const UPPER_SORT = 1;
const QUOTE_SORT = 2;
const UNSEEN_SORT = 3;
/** What of these a character is; nearly all names are as they are wanted. */
const SORTS = characterTable('ABCDEFGHIJKLMNOPQRSTUVWXYZ', '"\'`', CONTROLS);
const UNSEEN = /^["'`]+|[\0-\x20\x7f]+/g;

/** A stretch of text as a name: in lower case, without NUL, control characters and quotation marks in front. */
export function readName(text: string, start: number, end: number): string {
  const last = Math.min(end, start + NAME_CHARACTERS_MAX);
  let folds = false;
  for (let at = start; at < last; at += 1) {
    const sort = SORTS[text.charCodeAt(at) & 0xff]!;
    if (sort === UNSEEN_SORT || (sort === QUOTE_SORT && at === start)) {
      return text.slice(start, last).toLowerCase().replace(UNSEEN, '');
    }
    folds ||= sort === UPPER_SORT;
  }
  const name = text.slice(start, last);
  return folds ? name.toLowerCase() : name;
}

/** No event handler. */
export const NO_HANDLER = 0;
/** One with signs behind it, which parsers take for a part of the name or not. */
export const CLUTTERED_HANDLER = 1;
export const PLAIN_HANDLER = 2;

/**
 * Whether an attribute's name is that of an event handler: `on` and letters, whatever events a browser knows. A
 * hyphen, dot or colon behind makes another name.
 *
 * @param name in lower case
 */
export function gradeHandlerName(name: string): number {
  let start = 0;
  const prefix = name.lastIndexOf(':');
  if (prefix > 0) start = prefix + 1;
  if (name.charCodeAt(start) !== 0x6f || name.charCodeAt(start + 1) !== 0x6e) return NO_HANDLER;
  let end = start + 2;
  while (isWordCharacter(name.charCodeAt(end))) end += 1;
  if (end < start + 2 + EVENT_LETTERS_MIN || !isLetter(name.charCodeAt(start + 2))) return NO_HANDLER;
  const next = name.charCodeAt(end);
  if (next === 0x2d || next === 0x2e || next === 0x3a) return NO_HANDLER;
  if (NOT_EVENTS.has(name.slice(start, end))) return NO_HANDLER;
  return end === name.length ? PLAIN_HANDLER : CLUTTERED_HANDLER;
}

/** Whether a name consists of letters, digits and the signs that names of elements have. */
export function isPlainName(name: string): boolean {
  return PLAIN_NAME.test(name);
}

/** The name without a namespace's prefix. */
export function localName(name: string): string {
  const prefix = name.lastIndexOf(':');
  return prefix === -1 ? name : name.slice(prefix + 1);
}

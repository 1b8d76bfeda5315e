/** What a character can begin in SQL, by its code in latin-1, and tests that the readers share. */
import { characterTable, isWordCharacter, LETTERS_AND_DIGITS } from '../characters.ts';

export const BEGINS_NOTHING = 0;
export const BEGINS_BLANK = 1;
export const BEGINS_WORD = 2;
export const BEGINS_NUMBER = 3;
export const BEGINS_STRING = 4;
export const BEGINS_OPERATOR = 5;
/** Signs that are tokens by themselves. */
export const BEGINS_SIGN = 6;

const CLASSES = createClasses();

/** One of the BEGINS_ values. */
export function beginningClass(code: number): number {
  return CLASSES[code & 0xff]!;
}

/** Letters, digits, `_`, `$` and bytes of other alphabets, but not the second byte of a no-break space. */
export function isNamePart(code: number): boolean {
  return isWordCharacter(code) || code === 0x24 || code > 0x7f;
}

export function isNameStart(code: number): boolean {
  return !Number.isNaN(code) && CLASSES[code & 0xff] === BEGINS_WORD;
}

/**
 * The length of the blank that begins at `at`: 0 for none. Blanks are controls, the space, and what databases take
 * for one: the no-break space in latin-1 and UTF-8, and the wide spaces of UTF-8.
 */
export function blankLength(text: string, at: number): number {
  const code = text.charCodeAt(at);
  if (code <= 0x20 || code === 0x7f || code === 0xa0) return 1;
  if (code < 0xc2) return 0;
  const next = text.charCodeAt(at + 1);
  if (code === 0xc2) return next === 0xa0 ? 2 : 0;
  const last = text.charCodeAt(at + 2);
  if (code === 0xe2) return next === 0x80 && last >= 0x80 && last <= 0x8b ? 3 : 0;
  return code === 0xe3 && next === 0x80 && last === 0x80 ? 3 : 0;
}

function createClasses(): Uint8Array {
  const table = new Uint8Array(256);
  const words = characterTable(`${LETTERS_AND_DIGITS}_`);
  for (let code = 0; code < table.length; code += 1) {
    if (code <= 0x20 || code === 0x7f || code === 0xa0) table[code] = BEGINS_BLANK;
    else if (code >= 0x30 && code <= 0x39) table[code] = BEGINS_NUMBER;
    else if (words[code] === 1 || code > 0x7f) table[code] = BEGINS_WORD;
  }
  for (const [members, kind] of [
    [`'"`, BEGINS_STRING],
    ['=<>!|&^~+-*/%:#@?', BEGINS_OPERATOR],
    ['(),;}', BEGINS_SIGN],
  ] as const) {
    for (const member of members) table[member.charCodeAt(0)] = kind;
  }
  return table;
}

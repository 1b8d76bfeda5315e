/** Character tests that the scanners share; codes are those of latin-1 text. */

export function isLetter(code: number): boolean {
  const folded = code | 0x20;
  return folded >= 0x61 && folded <= 0x7a;
}

export function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

/** Letters, digits and `_`. */
export function isWordCharacter(code: number): boolean {
  return isLetter(code) || isDigit(code) || code === 0x5f;
}

/** The blank and every control character; false past the end of a text (NaN). */
export function isBlank(code: number): boolean {
  return code <= 0x20 || code === 0x7f;
}

/** `'` or `"`. */
export function isQuote(code: number): boolean {
  return code === 0x22 || code === 0x27;
}

/** The first index from `start` on that holds no blank, at most `limit` characters on. */
export function skipBlanks(text: string, start: number, limit: number): number {
  let index = start;
  while (index < start + limit && isBlank(text.charCodeAt(index))) index += 1;
  return index;
}

/** A table that answers quickly whether a character is one of `members`, by its code. */
export function characterTable(members: string): Uint8Array {
  const table = new Uint8Array(256);
  for (const member of members) table[member.charCodeAt(0)] = 1;
  return table;
}

export const LETTERS_AND_DIGITS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';

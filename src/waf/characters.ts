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

/** A table by character code that holds 1 for the characters of the first group, 2 for those of the second, 0 else. */
export function characterTable(...groups: readonly string[]): Uint8Array {
  const table = new Uint8Array(256);
  for (const [index, members] of groups.entries()) {
    for (const member of members) table[member.charCodeAt(0)] = index + 1;
  }
  return table;
}

/** A table by `beginningOf` that holds 1 where one of the words begins so: it spares most words a longer search. */
export function beginningTable(words: Iterable<string>): Uint8Array {
  const table = new Uint8Array(1024);
  for (const word of words) table[beginningOf(word.charCodeAt(0), word.charCodeAt(1))] = 1;
  return table;
}

/** The lowest five bits of two characters, which are the same for both cases of a letter. */
export function beginningOf(first: number, second: number): number {
  return ((first & 0x1f) << 5) | (second & 0x1f);
}

export const LETTERS_AND_DIGITS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';

/** What a value looks like, from the narrowest kind to the widest. */

export const INTEGER = 0;
export const IDENTIFIER = 1;
export const TOKEN = 2;
export const EMAIL = 3;
export const ADDRESS_KIND = 4;
export const DOCUMENT = 5;
export const MARKUP = 6;
export const TEXT = 7;
export const KINDS = 8;

const CHARACTERS_MAX = 128;

/** The kinds whose values consist of few characters, none of which attacks can do with. */
export function isNarrow(kind: number): boolean {
  return kind <= EMAIL;
}

/** The kind of a value that is not empty, percent-encoded or not; one pass over its beginning. */
export function kindOf(value: string): number {
  let isInteger = true;
  let isIdentifier = true;
  let isToken = true;
  let signs = 0;
  const end = Math.min(value.length, CHARACTERS_MAX);
  for (let index = 0; index < end; index += 1) {
    const code = value.charCodeAt(index);
    if (code >= 0x30 && code <= 0x39) continue;
    if (code !== 0x2d || index !== 0) isInteger = false;
    const isLetter = (code | 0x20) >= 0x61 && (code | 0x20) <= 0x7a;
    if (isLetter || code === 0x5f || code === 0x2d || code === 0x2e) continue;
    isIdentifier = false;
    if (code === 0x40) signs += 1;
    else if (code !== 0x2b && code !== 0x2f && code !== 0x3d) isToken = false;
  }
  if (isInteger) return INTEGER;
  if (isIdentifier) return IDENTIFIER;
  if (isToken) return signs === 0 ? TOKEN : signs === 1 ? EMAIL : TEXT;
  return kindByBeginning(value.slice(0, CHARACTERS_MAX));
}

function kindByBeginning(value: string): number {
  if (/^\s{0,8}(?:\{|\[|%7b|%5b)/i.test(value)) return DOCUMENT;
  if (/<|%3c/i.test(value)) return MARKUP;
  return /^[a-z][a-z0-9+.-]{1,20}(?::|%3a)(?:\/|%2f){2}/i.test(value) ? ADDRESS_KIND : TEXT;
}

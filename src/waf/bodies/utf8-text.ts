/** The UTF-8 bytes of one code point as latin-1 text. */

const REPLACEMENT = '\u00ef\u00bf\u00bd';

/** @param code a code point; halves of surrogate pairs and numbers out of range become U+FFFD */
export function utf8Text(code: number): string {
  if (code < 0x80) return String.fromCharCode(code);
  if (code < 0x800) return String.fromCharCode(0xc0 | (code >> 6), tail(code));
  if (code >= 0xd800 && code <= 0xdfff) return REPLACEMENT;
  if (code < 0x10000) return String.fromCharCode(0xe0 | (code >> 12), tail(code >> 6), tail(code));
  if (code > 0x10ffff) return REPLACEMENT;
  return String.fromCharCode(0xf0 | (code >> 18), tail(code >> 12), tail(code >> 6), tail(code));
}

function tail(bits: number): number {
  return 0x80 | (bits & 0x3f);
}

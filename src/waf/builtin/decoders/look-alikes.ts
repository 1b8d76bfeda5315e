/**
 * Quotation marks and full-width forms that databases and origins turn into ASCII characters: best-fit tables of
 * older character sets do so with typographic marks (U+2018, U+02BC ...), compatibility forms of Unicode with U+FF01 to
 * U+FF5E. Linear; returns the very same string where there are none.
 */

const LEAD = /[\xca\xe2\xef]/;
const LOOK_ALIKE = /\xca[\xb9-\xbc]|\xe2\x80[\x98-\x9f\xb2\xb3]|\xef(?:\xbc[\x81-\xbf]|\xbd[\x80-\x9e])/g;
/** The last bytes of marks that become `"`. */
const DOUBLE = /[\xba\x9c-\x9f\xb3]$/;

/** @param text UTF-8 as latin-1 text */
export function foldLookAlikes(text: string): string {
  if (!LEAD.test(text)) return text;
  return text.replace(LOOK_ALIKE, (sequence) => {
    if (sequence.charCodeAt(0) !== 0xef) return DOUBLE.test(sequence) ? '"' : "'";
    // U+FF01 to U+FF5E follow the order of ASCII from `!` on.
    const low = ((sequence.charCodeAt(1) & 0x3f) << 6) | (sequence.charCodeAt(2) & 0x3f);
    return String.fromCharCode(low - 0xee0);
  });
}

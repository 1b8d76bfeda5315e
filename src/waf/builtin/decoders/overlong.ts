/**
 * UTF-8 forms of ASCII characters that are longer than needed: RFC 3629 section 3 forbids them, some decoders still
 * take them. Linear; returns the very same string where there are none.
 */

const NUL = 0;
const OVERLONG_LEAD = /[\xc0\xc1\xe0\xf0]/;
const OVERLONG = /[\xc0\xc1][\x80-\xbf]|\xe0[\x80\x81][\x80-\xbf]|\xf0\x80[\x80\x81][\x80-\xbf]/g;

/** Replaces UTF-8 sequences of two to four bytes that stand for an ASCII character by that character. */
export function foldOverlong(text: string): string {
  if (!OVERLONG_LEAD.test(text)) return text;
  return text.replace(OVERLONG, (sequence) => {
    // Of the bits above the last six at most one is set: the lowest of the byte before the last.
    const high = sequence.charCodeAt(sequence.length - 2) & 1;
    const code = (high << 6) | (sequence.charCodeAt(sequence.length - 1) & 0x3f);
    return code === NUL ? '' : String.fromCharCode(code);
  });
}

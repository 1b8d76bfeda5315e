/**
 * Further readings of a text in which mark-up appears that its bytes do not show: escapes of script strings
 * (`\x3cscript\x3e` in a string that becomes mark-up), UTF-7 (RFC 2152), full-width forms, and bytes that an ASCII
 * decoder of seven bits takes for `<` and `>`. Every reading is one linear pass and never longer than the text.
 */

const SCRIPT_ESCAPE =
  /\\(?:x([0-9a-f]{2})|u00([0-9a-f]{2})|u\{0{0,4}([0-9a-f]{1,2})\}|(0?74|0?76|0?42|0?47)(?![0-9]))/gi;
const HAS_SCRIPT_ESCAPE = /\\(?:x[0-7]|u00|u\{|0?7[46])/i;

/** `<`, `>`, quotation marks or a bracket in UTF-7; its `+` may have become a blank on the way. */
const HAS_UTF7 = /[+ ]A(?:Dw|D4|CI|Cc|D0|Cg)/;
const UTF7 = /[+ ]([A-Za-z0-9+/]{2,})-?/g;

const HAS_FULL_WIDTH = /\xef\xbc[\x9c\x82\x87]/;
const FULL_WIDTH = /\xef(\xbc[\x81-\xbf]|\xbd[\x80-\x9e])/g;

/** `<` with the eighth bit set, where no character of UTF-8 can go on. */
const HAS_EIGHTH_BIT = /(?:^|[^\x80-\xff])\xbc(?:\/|[a-z])/i;

/** The readings that differ from the text. */
export function otherReadings(text: string): readonly string[] {
  const readings: string[] = [];
  if (text.includes('\\') && HAS_SCRIPT_ESCAPE.test(text)) readings.push(decodeScriptEscapes(text));
  if (HAS_UTF7.test(text)) readings.push(decodeUtf7(text));
  if (HAS_FULL_WIDTH.test(text)) readings.push(foldFullWidth(text));
  if (HAS_EIGHTH_BIT.test(text)) readings.push(text.replaceAll('\xbc', '<').replaceAll('\xbe', '>'));
  return readings;
}

function decodeScriptEscapes(text: string): string {
  return text.replace(SCRIPT_ESCAPE, (_, hex?: string, wide?: string, braced?: string, octal?: string) => {
    const digits = hex ?? wide ?? braced;
    const code = digits === undefined ? Number.parseInt(octal ?? '', 8) : Number.parseInt(digits, 16);
    return code === 0 ? '' : String.fromCharCode(code);
  });
}

function decodeUtf7(text: string): string {
  return text.replace(UTF7, (match, encoded: string) => {
    const bytes = Buffer.from(encoded, 'base64');
    let decoded = '';
    for (let at = 0; at + 1 < bytes.length; at += 2) {
      // Code units beyond latin-1 mean that the run is something else.
      if (bytes[at] !== 0 || bytes[at + 1] === 0) return match;
      decoded += String.fromCharCode(bytes[at + 1]!);
    }
    return decoded;
  });
}

function foldFullWidth(text: string): string {
  return text.replace(FULL_WIDTH, (_, rest: string) => {
    // U+FF01 to U+FF5E are the printable characters of ASCII, 0xfee0 further on.
    const code = ((rest.charCodeAt(0) & 0x3f) << 6) | (rest.charCodeAt(1) & 0x3f);
    return String.fromCharCode(code - 0xee0);
  });
}

/**
 * Finds the strings of a JSON document, names and values alike, and decodes their escapes.
 *
 * It walks from quotation mark to quotation mark and builds nothing: depth, duplicate names and special names do
 * not matter, and a document that is cut off is read as far as it goes. Linear, never throws.
 */

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const LOWER_U = 0x75;
const ESCAPES: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };
/** What a document consists of outside of its strings. */
const OUTSIDE = /^[\s[\]{}:,0-9+\-.eEtrufalsn]*$/;

/**
 * @param text bytes as latin-1 text
 * @param visit takes every string, decoded, as bytes in latin-1
 * @returns false if something stands outside of strings that JSON does not have there
 */
export function visitJsonStrings(text: string, visit: (value: string) => void): boolean {
  let valid = true;
  let index = 0;
  while (index < text.length) {
    const open = text.indexOf('"', index);
    const outside = text.slice(index, open === -1 ? text.length : open);
    valid &&= OUTSIDE.test(outside);
    if (open === -1) break;
    const close = closingQuote(text, open + 1);
    visit(decodeEscapes(text.slice(open + 1, close)));
    index = close + 1;
  }
  return valid;
}

/** The index of the quotation mark that ends the string beginning at `start`, or of the text's end. */
function closingQuote(text: string, start: number): number {
  for (let index = start; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === QUOTE) return index;
    if (code === BACKSLASH) index += 1;
  }
  return text.length;
}

function decodeEscapes(text: string): string {
  let backslash = text.indexOf('\\');
  if (backslash === -1) return text;
  const pieces: string[] = [];
  let start = 0;
  while (backslash !== -1) {
    pieces.push(text.slice(start, backslash));
    const isCodeUnit = text.charCodeAt(backslash + 1) === LOWER_U;
    const end = backslash + (isCodeUnit ? 6 : 2);
    pieces.push(
      isCodeUnit ? decodeCodeUnit(text.slice(backslash + 2, end)) : decodeLetter(text.charAt(backslash + 1)),
    );
    start = Math.min(end, text.length);
    backslash = text.indexOf('\\', start);
  }
  pieces.push(text.slice(start));
  return pieces.join('');
}

function decodeLetter(letter: string): string {
  return ESCAPES[letter] ?? letter;
}

/** The UTF-8 bytes of a code unit; halves of a pair become the replacement character, which no rule looks for. */
function decodeCodeUnit(digits: string): string {
  if (!/^[0-9a-f]{4}$/i.test(digits)) return digits;
  const code = Number.parseInt(digits, 16);
  const character = String.fromCharCode(code);
  return code < 0x80 ? character : Buffer.from(character, 'utf8').toString('latin1');
}

/**
 * Undoes the encoding of forms and query strings (WHATWG URL, application/x-www-form-urlencoded) once: `+` is a
 * blank, `%` with two hexadecimal digits an octet. An escape that is broken stays as it stands, since programs
 * differ in what they make of it. Linear; text without escapes comes back as the same object.
 */
import { sliceLatin1 } from '../../core/latin1.ts';

const PERCENT = 0x25;
const PLUS = 0x2b;
const BLANK = 0x20;

/** @param text bytes as latin-1 text */
export function decodeForm(text: string): string {
  const first = firstEscape(text);
  if (first === text.length) return text;
  const bytes = Buffer.allocUnsafe(text.length);
  bytes.latin1Write(text.slice(0, first), 0, first);
  let length = first;
  for (let index = first; index < text.length; index += 1) {
    let code = text.charCodeAt(index);
    if (code === PLUS) code = BLANK;
    else if (code === PERCENT) {
      const octet = octetAt(text, index + 1);
      if (octet !== -1) {
        code = octet;
        index += 2;
      }
    }
    bytes[length] = code;
    length += 1;
  }
  return sliceLatin1(bytes, 0, length);
}

/** The octet that two hexadecimal digits at `index` name, or -1. */
export function octetAt(text: string, index: number): number {
  const high = hexDigit(text.charCodeAt(index));
  const low = hexDigit(text.charCodeAt(index + 1));
  return high === -1 || low === -1 ? -1 : high * 16 + low;
}

/** The value of a hexadecimal digit, or -1; -1 for NaN, which `charCodeAt` gives behind the end. */
export function hexDigit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

function firstEscape(text: string): number {
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === PERCENT || code === PLUS) return index;
  }
  return text.length;
}

/**
 * cssDecode: undoes the escapes of style sheets (CSS 2.1 section 4.1.3). One to six hexadecimal digits, of which the
 * last two make the byte and full-width forms of ASCII count as ASCII, with one blank behind them; a backslash with
 * its line feed goes away, as does one before any other character or at the end. Never longer than its input.
 *
 *     ja\vasc\72 ipt\ff1a -> javascript:
 */
import { narrowUnit } from './full-width.ts';
import { hexDigit, NO_DIGIT } from './hex-digits.ts';

const BACKSLASH = 0x5c;
const LINE_FEED = 0x0a;
const SPACE = 0x20;
const TAB = 0x09;
const CARRIAGE_RETURN = 0x0d;
const DIGITS_MAX = 6;

export function cssDecode(text: string): string {
  if (text.indexOf('\\') < 0) return text;
  const bytes = Buffer.from(text, 'latin1');
  let written = 0;
  let read = 0;
  while (read < bytes.length) {
    if (bytes[read] !== BACKSLASH) {
      bytes[written++] = bytes[read++]!;
      continue;
    }
    read++;
    const digits = hexLength(bytes, read);
    if (digits > 0) {
      bytes[written++] = hexValue(bytes, read, digits);
      read += digits;
      if (read < bytes.length && isBlank(bytes[read]!)) read++;
    } else if (read < bytes.length) {
      if (bytes[read] !== LINE_FEED) bytes[written++] = bytes[read]!;
      read++;
    }
  }
  return bytes.toString('latin1', 0, written);
}

function hexLength(bytes: Uint8Array, at: number): number {
  let length = 0;
  while (length < DIGITS_MAX && hexDigit(bytes, at + length) !== NO_DIGIT) length++;
  return length;
}

function hexValue(bytes: Uint8Array, at: number, length: number): number {
  let value = 0;
  for (let index = at; index < at + length; index++) value = value * 16 + hexDigit(bytes, index);
  return narrowUnit(value);
}

function isBlank(byte: number): boolean {
  return byte === SPACE || (byte >= TAB && byte <= CARRIAGE_RETURN);
}

/**
 * urlDecode: undoes one layer of percent encoding, as in queries and forms. `+` is a blank; an incomplete escape
 * stays as it is. Never longer than its input.
 *
 *     a%20b+c%zz -> a b c%zz
 */
import { hexByte } from './hex-digits.ts';

const PERCENT = 0x25;
const PLUS = 0x2b;
const SPACE = 0x20;

export function urlDecode(text: string): string {
  if (text.indexOf('%') < 0 && text.indexOf('+') < 0) return text;
  const bytes = Buffer.from(text, 'latin1');
  let written = 0;
  for (let read = 0; read < bytes.length; read++) {
    const byte = bytes[read]!;
    const decoded = byte === PERCENT ? hexByte(bytes, read + 1) : -1;
    if (decoded >= 0) read += 2;
    bytes[written++] = decoded >= 0 ? decoded : byte === PLUS ? SPACE : byte;
  }
  return bytes.toString('latin1', 0, written);
}

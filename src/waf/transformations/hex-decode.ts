/**
 * hexDecode: the bytes that pairs of hexadecimal digits stand for. A pair that is none stays as it is; a last
 * character without a partner goes away. Never longer than its input.
 *
 *     6161zz62 -> aazzb
 */
import { hexByte } from './hex-digits.ts';

export function hexDecode(text: string): string {
  if (text === '') return text;
  const bytes = Buffer.from(text, 'latin1');
  let written = 0;
  for (let read = 0; read + 1 < bytes.length; read += 2) {
    const value = hexByte(bytes, read);
    if (value < 0) bytes[written++] = bytes[read]!;
    bytes[written++] = value < 0 ? bytes[read + 1]! : value;
  }
  return bytes.toString('latin1', 0, written);
}

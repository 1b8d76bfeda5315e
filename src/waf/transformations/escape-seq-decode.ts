/**
 * escapeSeqDecode: undoes the escapes of C strings. `\xHH`, one to three octal digits (the low byte counts) and the
 * letters for control characters; a backslash before anything else goes away, one at the end stays. Never longer
 * than its input.
 *
 *     a\x20b\'\101 -> a b'A
 */
import { hexByte } from './hex-digits.ts';
import { controlFor } from './letter-escapes.ts';
import { octalLength, octalValue } from './octal-digits.ts';

const BACKSLASH = 0x5c;
const LETTER_X = 0x78;

export function escapeSeqDecode(text: string): string {
  if (text.indexOf('\\') < 0) return text;
  const bytes = Buffer.from(text, 'latin1');
  const last = bytes.length - 1;
  let written = 0;
  for (let read = 0; read < bytes.length; read++) {
    if (bytes[read] !== BACKSLASH || read === last) {
      bytes[written++] = bytes[read]!;
      continue;
    }
    read++;
    const hex = (bytes[read]! | 0x20) === LETTER_X ? hexByte(bytes, read + 1) : -1;
    const octal = octalLength(bytes, read, 3);
    if (hex >= 0) {
      bytes[written++] = hex;
      read += 2;
    } else if (octal > 0) {
      bytes[written++] = octalValue(bytes, read, octal);
      read += octal - 1;
    } else {
      bytes[written++] = controlFor(bytes[read]!);
    }
  }
  return bytes.toString('latin1', 0, written);
}

/**
 * jsDecode: undoes the escapes of JavaScript strings. `\xHH`, `\uHHHH` (one byte, see `narrowUnit`), octal numbers
 * up to `\377` and the letters for control characters; a backslash before anything else goes away, one at the end
 * stays. Never longer than its input.
 *
 *     \u0061\x6cert\(1\) -> alert(1)
 */
import { narrowUnit } from './full-width.ts';
import { hexByte, hexUnit } from './hex-digits.ts';
import { controlFor } from './letter-escapes.ts';
import { octalLength, octalValue } from './octal-digits.ts';

const BACKSLASH = 0x5c;
const LOWER_U = 0x75;
const LOWER_X = 0x78;
const THREE = 0x33;

export function jsDecode(text: string): string {
  if (text.indexOf('\\') < 0) return text;
  const bytes = Buffer.from(text, 'latin1');
  const last = bytes.length - 1;
  let written = 0;
  let read = 0;
  while (read < bytes.length) {
    if (bytes[read] !== BACKSLASH || read === last) {
      bytes[written++] = bytes[read++]!;
      continue;
    }
    const length = escapeLength(bytes, read + 1);
    bytes[written++] = escapeValue(bytes, read + 1, length);
    read += 1 + length;
  }
  return bytes.toString('latin1', 0, written);
}

/** How many bytes behind the backslash belong to the escape. */
function escapeLength(bytes: Uint8Array, at: number): number {
  const letter = bytes[at]!;
  if (letter === LOWER_U && hexUnit(bytes, at + 1) >= 0) return 5;
  if (letter === LOWER_X && hexByte(bytes, at + 1) >= 0) return 3;
  // A third digit must not lead beyond one byte: \400 is \40 and a 0.
  return Math.max(1, octalLength(bytes, at, letter > THREE ? 2 : 3));
}

function escapeValue(bytes: Uint8Array, at: number, length: number): number {
  if (length === 5) return narrowUnit(hexUnit(bytes, at + 1));
  if (bytes[at] === LOWER_X && length === 3) return hexByte(bytes, at + 1);
  if (octalLength(bytes, at, 1) === 1) return octalValue(bytes, at, length);
  return controlFor(bytes[at]!);
}

/**
 * utf8toUnicode: writes UTF-8 characters beyond ASCII as `%uHHHH`, with more digits where the number needs them, so
 * that a later urlDecodeUni reads them as a server with a code page would. Over-long forms are written as what they
 * stand for, because lenient readers take them (RFC 3629 section 3 forbids them); bytes that are not UTF-8 stay.
 * At most three times as long as its input.
 *
 *     \xd0\x90bc -> %u0410bc
 */
import { sequenceLength, sequenceValue } from './utf8-sequence.ts';

const BEYOND_ASCII = /[\x80-\xff]/;
const ESCAPE_LENGTH_MAX = 8;
const DIGITS = Buffer.from('0123456789abcdef', 'latin1');

export function utf8toUnicode(text: string): string {
  const first = text.search(BEYOND_ASCII);
  if (first < 0) return text;
  const bytes = Buffer.from(text, 'latin1');
  const out = Buffer.allocUnsafe(first + (bytes.length - first) * 3 + ESCAPE_LENGTH_MAX);
  let written = bytes.copy(out, 0, 0, first);
  let read = first;
  while (read < bytes.length) {
    const length = bytes[read]! < 0x80 ? 1 : sequenceLength(bytes, read);
    if (length === 1) out[written++] = bytes[read]!;
    else written = writeEscape(out, written, sequenceValue(bytes, read, length));
    read += length;
  }
  return written === bytes.length ? text : out.toString('latin1', 0, written);
}

function writeEscape(out: Uint8Array, at: number, value: number): number {
  out[at] = 0x25;
  out[at + 1] = 0x75;
  const digits = value < 0x10000 ? 4 : value < 0x100000 ? 5 : 6;
  for (let digit = 0; digit < digits; digit++) {
    out[at + 2 + digit] = DIGITS[(value >> ((digits - 1 - digit) * 4)) & 15]!;
  }
  return at + 2 + digits;
}

/**
 * Percent encoding, in the forms that origins undo.
 *
 * Texts are bytes in latin-1: one character a byte. Returns the very same string where nothing is encoded, never
 * throws, runs in linear time and never returns more characters than it was given. What is broken stays as it is,
 * since origins let it stand too.
 */

/** NUL goes away, because origins that keep it are rare and those that skip it would see something else. */
const NUL = 0;
const PERCENT = 0x25;
const PLUS = 0x2b;
const SPACE = 0x20;
const LOWER_U = 0x75;

const ENCODED = /[%\0]/;
const ENCODED_OR_PLUS = /[%+\0]/;

/** The digit's value by character code, 16 for anything else. */
const HEX_VALUES = Uint8Array.from({ length: 256 }, (_, code) => {
  const value = '0123456789abcdef'.indexOf(String.fromCharCode(code).toLowerCase());
  return value === -1 ? 16 : value;
});

/**
 * Undoes one layer of percent encoding, `%u` forms included, and drops NUL.
 *
 * @param plusIsSpace whether `+` is a blank, as in queries and forms
 */
export function decodePercent(text: string, plusIsSpace: boolean): string {
  const first = text.search(plusIsSpace ? ENCODED_OR_PLUS : ENCODED);
  if (first === -1) return text;
  const bytes = Buffer.from(text, 'latin1');
  let written = first;
  let read = first;
  while (read < bytes.length) {
    const byte = bytes[read]!;
    const length = byte === PERCENT ? escapeLength(bytes, read) : 1;
    if (length === 3) {
      bytes[written] = hexAt(bytes, read + 1, 2);
      written += bytes[written] === NUL ? 0 : 1;
    } else if (length === 6) {
      written = writeCodeUnit(bytes, written, hexAt(bytes, read + 2, 4));
    } else if (byte !== NUL) {
      bytes[written] = byte === PLUS && plusIsSpace ? SPACE : byte;
      written += 1;
    }
    read += length;
  }
  return bytes.toString('latin1', 0, written);
}

/** 3 for `%41`, 6 for `%u0041`, 1 where there is no complete escape. */
function escapeLength(bytes: Uint8Array, at: number): number {
  const isWide = ((bytes[at + 1] ?? 0) | 0x20) === LOWER_U;
  const digits = isWide ? 4 : 2;
  const start = at + (isWide ? 2 : 1);
  if (start + digits > bytes.length) return 1;
  for (let index = start; index < start + digits; index += 1) {
    if (HEX_VALUES[bytes[index]!]! > 15) return 1;
  }
  return start + digits - at;
}

function hexAt(bytes: Uint8Array, start: number, digits: number): number {
  let value = 0;
  for (let index = start; index < start + digits; index += 1) value = value * 16 + HEX_VALUES[bytes[index]!]!;
  return value;
}

/** Writes a `%u` code unit as UTF-8, full-width forms of ASCII as ASCII; the six characters read leave room. */
function writeCodeUnit(bytes: Uint8Array, at: number, unit: number): number {
  const code = unit >= 0xff01 && unit <= 0xff5e ? unit - 0xfee0 : unit;
  if (code === NUL) return at;
  if (code < 0x80) {
    bytes[at] = code;
    return at + 1;
  }
  if (code < 0x800) {
    bytes[at] = 0xc0 | (code >> 6);
    bytes[at + 1] = 0x80 | (code & 0x3f);
    return at + 2;
  }
  bytes[at] = 0xe0 | (code >> 12);
  bytes[at + 1] = 0x80 | ((code >> 6) & 0x3f);
  bytes[at + 2] = 0x80 | (code & 0x3f);
  return at + 3;
}

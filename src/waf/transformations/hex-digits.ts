/** Hexadecimal digits in bytes, for the transformations that read escapes. */

/** What `hexDigit` gives for anything but a digit. */
export const NO_DIGIT = 16;

const VALUES = Uint8Array.from({ length: 256 }, (_, code) => {
  const value = '0123456789abcdef'.indexOf(String.fromCharCode(code).toLowerCase());
  return value === -1 ? NO_DIGIT : value;
});

/** The digit's value, `NO_DIGIT` for any other byte and behind the end. */
export function hexDigit(bytes: Uint8Array, at: number): number {
  return at < bytes.length ? VALUES[bytes[at]!]! : NO_DIGIT;
}

/** The byte that two digits stand for, -1 where there are not two. */
export function hexByte(bytes: Uint8Array, at: number): number {
  const high = hexDigit(bytes, at);
  const low = hexDigit(bytes, at + 1);
  return (high | low) < NO_DIGIT ? high * 16 + low : -1;
}

/** The number that four digits stand for, -1 where there are not four. */
export function hexUnit(bytes: Uint8Array, at: number): number {
  const high = hexByte(bytes, at);
  const low = hexByte(bytes, at + 2);
  return high < 0 || low < 0 ? -1 : high * 256 + low;
}

/** Octal digits in bytes, for the transformations that read escapes. */

/** How many of the bytes from `at` on are octal digits, at most `most`. */
export function octalLength(bytes: Uint8Array, at: number, most: number): number {
  let length = 0;
  while (length < most && at + length < bytes.length && (bytes[at + length]! & 0xf8) === 0x30) length++;
  return length;
}

/** The low byte of the number that these digits stand for. */
export function octalValue(bytes: Uint8Array, at: number, length: number): number {
  let value = 0;
  for (let index = at; index < at + length; index++) value = value * 8 + (bytes[index]! & 7);
  return value & 0xff;
}

/** UTF-8 sequences in bytes, over-long forms and surrogates included: who must refuse those tests the value. */

/** Two to four where a lead byte has all its continuation bytes behind it, else 1. */
export function sequenceLength(bytes: Uint8Array, at: number): number {
  const lead = bytes[at]!;
  const length = lead < 0xc0 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf8 ? 4 : 1;
  if (at + length > bytes.length) return 1;
  for (let index = at + 1; index < at + length; index++) {
    if ((bytes[index]! & 0xc0) !== 0x80) return 1;
  }
  return length;
}

/** @param length two to four, from `sequenceLength` */
export function sequenceValue(bytes: Uint8Array, at: number, length: number): number {
  let value = bytes[at]! & (0x7f >> length);
  for (let index = at + 1; index < at + length; index++) value = value * 64 + (bytes[index]! & 0x3f);
  return value;
}

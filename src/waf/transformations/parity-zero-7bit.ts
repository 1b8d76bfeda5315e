/**
 * parityZero7bit: clears the eighth bit of every byte.
 *
 *     \xe1b -> ab
 */
import { mapBytes } from './byte-map.ts';

const BYTES = Uint8Array.from({ length: 256 }, (_, byte) => byte & 0x7f);
const EIGHTH_BIT = /[\x80-\xff]/;

export function parityZero7bit(text: string): string {
  return EIGHTH_BIT.test(text) ? mapBytes(text, BYTES) : text;
}

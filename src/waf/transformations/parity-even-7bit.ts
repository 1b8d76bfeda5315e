/**
 * parityEven7bit: sets the eighth bit of every byte so that the number of its set bits is even.
 *
 *     a -> \xe1      c -> c
 */
import { mapBytes } from './byte-map.ts';
import { parityOf } from './parity.ts';

const BYTES = Uint8Array.from({ length: 256 }, (_, byte) => (byte & 0x7f) | (parityOf(byte & 0x7f) << 7));

export function parityEven7bit(text: string): string {
  return mapBytes(text, BYTES);
}

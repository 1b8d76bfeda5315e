/**
 * normalizePathWin: the same as normalizePath for paths of Windows: backslashes count as slashes and become such.
 *
 *     \a\.\b\..\c -> /a/c
 */
import { mapBytes } from './byte-map.ts';
import { normalizePath } from './normalize-path.ts';

const SLASHED = Uint8Array.from({ length: 256 }, (_, byte) => (byte === 0x5c ? 0x2f : byte));

export function normalizePathWin(text: string): string {
  return normalizePath(text.indexOf('\\') < 0 ? text : mapBytes(text, SLASHED));
}

/**
 * normalizePathWin: the same as normalizePath for paths of Windows: backslashes count as slashes and become such.
 *
 *     \a\.\b\..\c -> /a/c
 */
import { normalizePath } from './normalize-path.ts';

const BACKSLASH = /\\/g;

export function normalizePathWin(text: string): string {
  return normalizePath(text.indexOf('\\') < 0 ? text : text.replace(BACKSLASH, '/'));
}

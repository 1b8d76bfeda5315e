/**
 * sha1: the SHA-1 digest as 20 raw bytes; rules hex-encode it to compare files with lists.
 *
 *     '' -> \xda\x39\xa3\xee...
 */
import { createHash } from 'node:crypto';

export function sha1(text: string): string {
  return createHash('sha1').update(text, 'latin1').digest('latin1');
}

/**
 * md5: the MD5 digest as 16 raw bytes; rules hex-encode it to compare files with lists.
 *
 *     '' -> \xd4\x1d\x8c\xd9...
 */
import { createHash } from 'node:crypto';

export function md5(text: string): string {
  return createHash('md5').update(text, 'latin1').digest('latin1');
}

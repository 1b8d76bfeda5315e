/** Writing the chunked coding (RFC 9112 §7.1): one chunk per run of data, in one buffer with its framing. */
import { writeLatin1 } from '../../core/latin1.ts';

export const LAST_CHUNK = '0\r\n\r\n';

/**
 * A buffer of `head`, then `bytes[start, end)` as one chunk, then the last chunk where `last` is set.
 * An empty run makes no chunk, which would end the body.
 */
export function chunkOf(head: string, bytes: Buffer, start: number, end: number, last: boolean): Buffer {
  const length = end - start;
  const before = length === 0 ? head : `${head}${length.toString(16)}\r\n`;
  const after = `${length === 0 ? '' : '\r\n'}${last ? LAST_CHUNK : ''}`;
  const out = Buffer.allocUnsafe(before.length + length + after.length);
  writeLatin1(out, before, 0);
  bytes.copy(out, before.length, start, end);
  writeLatin1(out, after, before.length + length);
  return out;
}

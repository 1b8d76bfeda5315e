/**
 * The 24 octets that an HTTP/2 client sends first (RFC 9113 section 3.4), told apart from an HTTP/1.1 request at
 * the earliest octet.
 */

export const PREFACE: Buffer = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'latin1');

/** `more` where the octets are a beginning of the preface only. */
export type PrefaceMatch = 'match' | 'mismatch' | 'more';

/** Compares `bytes[start, end)` with the preface; what stands behind it does not matter. */
export function prefaceMatch(bytes: Uint8Array, start: number, end: number): PrefaceMatch {
  const length = Math.min(end - start, PREFACE.length);
  for (let i = 0; i < length; i++) {
    if (bytes[start + i] !== PREFACE[i]) return 'mismatch';
  }
  return length === PREFACE.length ? 'match' : 'more';
}

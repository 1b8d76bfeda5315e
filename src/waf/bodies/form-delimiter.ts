/**
 * Delimiter lines of multipart/form-data (RFC 2046 section 5.1.1): `--boundary`, and `--boundary--` at the end. A line
 * that only begins like one is told apart, because some programs compare no further than that.
 */

/**
 * What a line is: `similar` begins like a delimiter and goes on otherwise, `unknown` is a line of which too little is
 * here to tell.
 */
export type LineKind = 'delimiter' | 'closing' | 'similar' | 'other' | 'unknown';

/** Octets that may follow the boundary on its line. */
export const PADDING_MAX = 256;

/**
 * @param line without its line feed
 * @param delimiter the boundary behind its two hyphens
 */
export function lineKind(line: string, delimiter: string): LineKind {
  if (!line.startsWith(delimiter)) return 'other';
  const behind = line.slice(delimiter.length);
  const isClosing = behind.startsWith('--');
  if (behind.length >= PADDING_MAX || !/^(?:--)?[ \t]*\r?$/.test(behind)) return 'similar';
  return isClosing ? 'closing' : 'delimiter';
}

/** Whether blanks follow the boundary, as RFC 2046 allows and not all programs do. */
export function isPadded(line: string): boolean {
  return /[ \t]\r?$/.test(line);
}

/** Characters at the end, from `start` on, that may be the beginning of a line end before two hyphens. */
export function heldBack(buffer: string, start: number): number {
  for (let held = Math.min(3, buffer.length - start); held > 0; held -= 1) {
    const end = buffer.slice(buffer.length - held);
    if ('\r\n-'.startsWith(end) || '\n-'.startsWith(end)) return held;
  }
  return 0;
}

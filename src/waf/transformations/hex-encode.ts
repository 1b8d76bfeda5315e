/**
 * hexEncode: two hexadecimal digits in lower case for every byte. Twice as long as its input.
 *
 *     A\xff -> 41ff
 */
export function hexEncode(text: string): string {
  return Buffer.from(text, 'latin1').toString('hex');
}

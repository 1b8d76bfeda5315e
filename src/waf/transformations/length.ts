/**
 * length: the number of bytes, as a decimal number.
 *
 *     abc -> 3
 */
export function length(text: string): string {
  return String(text.length);
}

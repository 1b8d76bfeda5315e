/**
 * base64Decode: the bytes of a base64 text up to the first character that does not belong to one; line ends in it
 * are passed over (RFC 2045 section 6.8). Never longer than its input.
 *
 *     YWxlcnQoMSk= -> alert(1)
 */
import { decodeBase64 } from './base64-digits.ts';

export function base64Decode(text: string): string {
  return decodeBase64(text, false);
}

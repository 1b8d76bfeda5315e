/**
 * base64DecodeExt: the bytes of a base64 text as forgiving readers such as PHP take it: characters that do not belong
 * to one are passed over. Never longer than its input.
 *
 *     YWx.lcnQ=oMSk= -> alert(1)
 */
import { decodeBase64 } from './base64-digits.ts';

export function base64DecodeExt(text: string): string {
  return decodeBase64(text, true);
}

/**
 * base64Encode: the text in base64 with padding (RFC 4648 section 4). A third longer than its input.
 *
 *     alert(1) -> YWxlcnQoMSk=
 */
export function base64Encode(text: string): string {
  return Buffer.from(text, 'latin1').toString('base64');
}

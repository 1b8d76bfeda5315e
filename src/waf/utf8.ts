/** Bytes as latin-1 text, read as the UTF-8 that they mostly are; what is not UTF-8 becomes U+FFFD. */
export function utf8OfLatin1(text: string): string {
  return Buffer.from(text, 'latin1').toString('utf8');
}

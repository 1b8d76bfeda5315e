/** The text with every byte replaced by what the table of 256 names for it. */
export function mapBytes(text: string, table: Uint8Array): string {
  const bytes = Buffer.from(text, 'latin1');
  for (let at = 0; at < bytes.length; at++) bytes[at] = table[bytes[at]!]!;
  return bytes.toString('latin1');
}

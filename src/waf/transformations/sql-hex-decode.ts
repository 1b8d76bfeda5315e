/**
 * sqlHexDecode: replaces numbers as databases write strings, `0x` and pairs of hexadecimal digits, by their bytes; a
 * last digit without a partner stays. Never longer than its input.
 *
 *     SELECT 0x414243d -> SELECT ABCd
 */
const NUMBER = /0[xX]((?:[0-9a-fA-F]{2})+)/g;

export function sqlHexDecode(text: string): string {
  if (text.indexOf('0x') < 0 && text.indexOf('0X') < 0) return text;
  return text.replace(NUMBER, (_, digits: string) => Buffer.from(digits, 'hex').toString('latin1'));
}

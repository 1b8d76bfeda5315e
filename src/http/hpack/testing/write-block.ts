/** Field blocks for tests, written by hand: every representation that RFC 7541 section 6 knows, well-formed or not. */
import { CODES } from '../huffman-code.ts';

/** An integer behind the bits `pattern` of its first octet (section 5.1). */
export function integer(pattern: number, prefixBits: number, value: number): number[] {
  const prefix = 2 ** prefixBits - 1;
  if (value < prefix) return [pattern | value];
  const octets = [pattern | prefix];
  let rest = value - prefix;
  for (; rest >= 128; rest = Math.floor(rest / 128)) octets.push((rest % 128) + 128);
  return [...octets, rest];
}

/** A string as it is (section 5.2). */
export function plain(text: string): number[] {
  return [...integer(0, 7, text.length), ...Buffer.from(text, 'latin1')];
}

/** A string by its Huffman code. */
export function huffman(text: string): number[] {
  const octets = bitsToOctets(huffmanBits(text), '1');
  return [...integer(0x80, 7, octets.length), ...octets];
}

/** The codes of a text one after the other, as digits. */
export function huffmanBits(text: string): string {
  return [...Buffer.from(text, 'latin1')].map((octet) => CODE_BITS.get(octet)).join('');
}

/** Digits as octets, the last one filled up. */
export function bitsToOctets(bits: string, fill: string): number[] {
  const whole = bits.padEnd(Math.ceil(bits.length / 8) * 8, fill);
  return Array.from({ length: whole.length / 8 }, (_, i) =>
    Number.parseInt(whole.slice(i * 8, i * 8 + 8), 2),
  );
}

const CODE_BITS: ReadonlyMap<number, string> = new Map(
  CODES.map(({ symbol, code, bits }) => [symbol, code.toString(2).padStart(bits, '0')]),
);

export type Text = (text: string) => number[];

export const indexed = (index: number): number[] => integer(0x80, 7, index);
export const sizeUpdate = (bytes: number): number[] => integer(0x20, 5, bytes);

/** A literal that is added to the table; `name` may be an index. */
export function added(name: string | number, value: string, text: Text = plain): number[] {
  return literal(0x40, 6, name, value, text);
}

export function notAdded(name: string | number, value: string, text: Text = plain): number[] {
  return literal(0x00, 4, name, value, text);
}

export function neverIndexed(name: string | number, value: string, text: Text = plain): number[] {
  return literal(0x10, 4, name, value, text);
}

function literal(pattern: number, bits: number, name: string | number, value: string, text: Text): number[] {
  const start = typeof name === 'number' ? integer(pattern, bits, name) : [pattern, ...text(name)];
  return [...start, ...text(value)];
}

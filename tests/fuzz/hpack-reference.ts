/**
 * HPACK as RFC 7541 tells it and nothing clever: fields in a list, codes as texts of digits. What the decoder of the
 * node is compared with; the bounds that are its own are named here once more.
 */
import { CODES, EOS } from '../../src/http/hpack/huffman-code.ts';
import { STATIC_COUNT, STATIC_LINES, STATIC_PLACES } from '../../src/http/hpack/static-table.ts';
import type { Field } from '../../src/http/hpack/testing/collect.ts';

export interface ReferenceBlock {
  readonly fields: readonly Field[];
  readonly overlong: number;
}

/** Octets of an integer behind its prefix, and of all names that literals of one block borrow. */
const INTEGER_BYTES_MAX = 4;
const BORROWED_BYTES_MAX = 262_144;
/** What an entry costs beside its octets (section 4.1), and a line beside its name and value. */
const ENTRY_OVERHEAD = 32;
const LINE_OVERHEAD = 4;

const SYMBOLS: ReadonlyMap<string, number> = new Map(
  CODES.map(({ symbol, code, bits }) => [code.toString(2).padStart(bits, '0'), symbol]),
);
const STATIC: readonly Field[] = Array.from({ length: STATIC_COUNT }, (_, index) => {
  const [start = 0, nameEnd = 0, end = 0] = STATIC_PLACES.subarray((index + 1) * 3);
  const text = (from: number, to: number): string => STATIC_LINES.toString('latin1', from, to);
  return [text(start, nameEnd), text(nameEnd + 2, end)];
});

/** Ends the decoding of a block that is none. */
class NotHpack extends Error {}

export class HpackReference {
  /** The newest first. */
  #entries: Field[] = [];
  #bytesMax: number;
  #limit: number;
  /** The least limit since the last block. */
  #least = Number.POSITIVE_INFINITY;
  #block: Buffer = Buffer.alloc(0);
  #at = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
    this.#limit = bytesMax;
  }

  setLimit(bytesMax: number): void {
    this.#limit = bytesMax;
    this.#least = Math.min(this.#least, bytesMax);
  }

  /** The fields of a block, or null where it is none. */
  decode(block: Buffer, lineBytesMax: number): ReferenceBlock | null {
    this.#block = block;
    this.#at = 0;
    try {
      return this.#decode(lineBytesMax);
    } catch (error) {
      if (error instanceof NotHpack) return null;
      throw error;
    }
  }

  #decode(lineBytesMax: number): ReferenceBlock {
    this.#readSizeUpdates();
    const fields: Field[] = [];
    let overlong = 0;
    let borrowed = 0;
    while (this.#at < this.#block.length) {
      const first = this.#block[this.#at]!;
      if ((first & 0x80) !== 0) {
        fields.push(this.#entry(this.#integer(7)));
        continue;
      }
      if ((first & 0xe0) === 0x20) throw new NotHpack();
      const isAdded = (first & 0x40) !== 0;
      const index = this.#integer(isAdded ? 6 : 4);
      const name = index === 0 ? this.#string() : this.#entry(index)[0];
      if (index !== 0) borrowed += name.length;
      if (borrowed > BORROWED_BYTES_MAX) throw new NotHpack();
      const field: Field = [name, this.#string()];
      if (name.length + field[1].length + LINE_OVERHEAD > lineBytesMax) overlong++;
      else fields.push(field);
      if (isAdded) this.#add(field);
    }
    return { fields, overlong };
  }

  /** Sections 4.2 and 6.3. */
  #readSizeUpdates(): void {
    const due = this.#least < this.#bytesMax ? this.#least : null;
    this.#least = Number.POSITIVE_INFINITY;
    let isFirst = true;
    for (; this.#at < this.#block.length && (this.#block[this.#at]! & 0xe0) === 0x20; isFirst = false) {
      const bytesMax = this.#integer(5);
      if (bytesMax > this.#limit || (isFirst && due !== null && bytesMax > due)) throw new NotHpack();
      this.#bytesMax = bytesMax;
      this.#shrink();
    }
    if (isFirst && due !== null) throw new NotHpack();
  }

  #entry(index: number): Field {
    const field = index <= STATIC_COUNT ? STATIC[index - 1] : this.#entries[index - STATIC_COUNT - 1];
    if (field === undefined) throw new NotHpack();
    return field;
  }

  #add(field: Field): void {
    this.#entries.unshift(field);
    this.#shrink();
  }

  #shrink(): void {
    const cost = (): number =>
      this.#entries.reduce((sum, [name, value]) => sum + name.length + value.length + ENTRY_OVERHEAD, 0);
    while (cost() > this.#bytesMax) this.#entries.pop();
  }

  #octet(): number {
    const octet = this.#block[this.#at++];
    if (octet === undefined) throw new NotHpack();
    return octet;
  }

  #integer(prefixBits: number): number {
    const prefix = 2 ** prefixBits - 1;
    let value = this.#octet() & prefix;
    if (value < prefix) return value;
    for (let count = 0; count < INTEGER_BYTES_MAX; count++) {
      const octet = this.#octet();
      value += (octet % 128) * 128 ** count;
      if (octet < 128) return value;
    }
    throw new NotHpack();
  }

  #string(): string {
    const isHuffman = (this.#block[this.#at] ?? 0) >= 0x80;
    const length = this.#integer(7);
    const octets = this.#block.subarray(this.#at, this.#at + length);
    if (octets.length < length) throw new NotHpack();
    this.#at += length;
    return isHuffman ? readCodes(octets) : octets.toString('latin1');
  }
}

/** Section 5.2: what is left over is the beginning of EOS, and shorter than an octet. */
function readCodes(octets: Buffer): string {
  const digits = Array.from(octets, (octet) => octet.toString(2).padStart(8, '0')).join('');
  let text = '';
  let code = '';
  for (const digit of digits) {
    code += digit;
    const symbol = SYMBOLS.get(code);
    if (symbol === undefined) continue;
    if (symbol === EOS) throw new NotHpack();
    text += String.fromCharCode(symbol);
    code = '';
  }
  if (code.length > 7 || code.includes('0')) throw new NotHpack();
  return text;
}

/** Literals of one byte: they end nearly everywhere, and so are no states of an automaton, but bits of bytes. */
import { expectedHits } from '../patterns/byte-frequency.ts';
import type { Literal } from './literal-trie.ts';

/** Sets of slots that literals of one byte stand for. */
const SETS_MAX = 32;

/** The commonest literals of one byte, as bits. */
export class SingleBytes {
  /** By byte: a bit for each of its sets of slots. */
  readonly bits = new Int32Array(256);
  readonly #numbers = new Map<string, number>();
  readonly #slots: (readonly number[])[] = [];

  constructor(literals: readonly Literal[]) {
    const singles = literals.filter(({ text }) => text.length === 1);
    singles.sort((one, other) => expectedHits(other.text) - expectedHits(one.text));
    for (const { text, slots } of singles) {
      const number = this.#number(slots);
      if (number === null) continue;
      this.#mark(text.charCodeAt(0), number);
      if (/[a-z]/.test(text)) this.#mark(text.charCodeAt(0) ^ 0x20, number);
    }
  }

  has({ text, slots }: Literal): boolean {
    return text.length === 1 && this.#numbers.has(slots.join());
  }

  report(bits: number, hits: Int32Array): void {
    for (let left = bits; left !== 0; left &= left - 1) {
      addSlots(this.#slots[31 - Math.clz32(left & -left)]!, hits);
    }
  }

  /** The number of a set of slots; null where there are too many. */
  #number(slots: readonly number[]): number | null {
    const key = slots.join();
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    if (this.#slots.length === SETS_MAX) return null;
    this.#numbers.set(key, this.#slots.length);
    return this.#slots.push(slots) - 1;
  }

  #mark(byte: number, number: number): void {
    this.bits[byte] = this.bits[byte]! | (1 << number);
  }
}

/** Sets the bits of slots. */
export function addSlots(slots: readonly number[], hits: Int32Array): void {
  for (let index = 0; index < slots.length; index += 1) {
    const slot = slots[index]!;
    hits[slot >> 5] = hits[slot >> 5]! | (1 << (slot & 31));
  }
}

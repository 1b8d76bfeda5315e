/** A writer with a dynamic table, told from the decoder: the fields themselves in a list, and nothing clever. */
import type { Field } from './collect.ts';
import { added, huffman, indexed, neverIndexed, notAdded, plain, sizeUpdate } from './write-block.ts';

/** How a field is to be written; a reference is used where there is one. */
const WAYS = [added, notAdded, neverIndexed, added] as const;
const REFERENCE = 3;
const STATIC_COUNT = 61;

export class TableWriter {
  #entries: Field[] = [];
  #bytesMax: number;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** A block of fields, each with the way to write it; `resize` is a size update in front of them. */
  block(
    fields: readonly (readonly [field: Field, way: number, huffman: boolean])[],
    resize: number | null,
  ): number[] {
    const octets: number[] = [];
    if (resize !== null) {
      octets.push(...sizeUpdate(resize));
      this.#bytesMax = resize;
      this.#shrink();
    }
    for (const [field, way, coded] of fields)
      octets.push(...this.#write(field, way, coded ? huffman : plain));
    return octets;
  }

  #write(field: Field, way: number, text: typeof plain): number[] {
    const [name, value] = field;
    const whole = this.#entries.findIndex((entry) => entry[0] === name && entry[1] === value);
    if (way === REFERENCE && whole !== -1) return indexed(STATIC_COUNT + 1 + whole);
    const named = this.#entries.findIndex((entry) => entry[0] === name);
    const octets = WAYS[way]!(named === -1 ? name : STATIC_COUNT + 1 + named, value, text);
    if (WAYS[way] === added) {
      this.#entries.unshift(field);
      this.#shrink();
    }
    return octets;
  }

  #shrink(): void {
    const cost = () => this.#entries.reduce((sum, [name, value]) => sum + name.length + value.length + 32, 0);
    while (cost() > this.#bytesMax) this.#entries.pop();
  }
}

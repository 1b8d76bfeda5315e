/** One bit for every transformation in use: set in the kinds of a text that the transformation might change. */
import { activeBytes } from './active-bytes.ts';

/** The sign bit is for transformations of which nobody knows what they need, and set for all texts. */
const ALWAYS = 1 << 31;
const BITS = 31;

export class TransformationKinds {
  /** By byte: the bits of the transformations that it can make do something. */
  readonly kindOf = new Int32Array(256);
  readonly #bits = new Map<string, number>();

  /** The bit of a transformation, by its canonical name. */
  bit(name: string): number {
    const known = this.#bits.get(name);
    if (known !== undefined) return known;
    const active = activeBytes(name);
    const bit = active === null || this.#bits.size >= BITS ? ALWAYS : 1 << this.#bits.size;
    this.#bits.set(name, bit);
    for (let byte = 0; bit !== ALWAYS && byte < 256; byte += 1) {
      if (active?.[byte] === 1) this.kindOf[byte] = this.kindOf[byte]! | bit;
    }
    return bit;
  }
}

/** Whether a transformation of that bit, or one of several, might change a text of those kinds. */
export function mayChange(bits: number, kinds: number): boolean {
  return (bits & (kinds | ALWAYS)) !== 0;
}

/** All chance of a simulation: streams of numbers that the seed alone determines. */
import { createRandom } from '../fuzz/loop.ts';

const WHOLE = 2 ** 32;

export class Dice {
  readonly #random: (below: number) => number;

  /** @param stream tells streams of one seed apart */
  constructor(seed: number, stream: number) {
    this.#random = createRandom(seed, stream);
  }

  /** From 0 (included) to 1 (excluded). */
  readonly fraction = (): number => this.#random(WHOLE) / WHOLE;

  /** A whole number from 0 up to but not including `below`. */
  below(below: number): number {
    return this.#random(below);
  }

  between(low: number, high: number): number {
    return low + (high - low) * this.fraction();
  }

  chance(share: number): boolean {
    return this.fraction() < share;
  }

  pick<Item>(items: readonly Item[]): Item {
    return items[this.below(items.length)]!;
  }

  /** Another stream, which what is drawn here later does not change. */
  fork(): Dice {
    return new Dice(this.#random(WHOLE), this.#random(WHOLE));
  }

  /** A v4 UUID (RFC 9562 section 5.4). */
  readonly uuid = (): string => {
    const hex = (): string => this.#random(WHOLE).toString(16).padStart(8, '0');
    const [one, two, three, four] = [hex(), hex(), hex(), hex()];
    const variant = '89ab'.charAt(this.below(4));
    return `${one}-${two.slice(0, 4)}-4${two.slice(5)}-${variant}${three.slice(1, 4)}-${three.slice(4)}${four}`;
  };
}

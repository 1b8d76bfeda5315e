/**
 * The variables of TX that a rule set names: each has a slot, so that reading one at run time is reading an array.
 * Slots 0 to 9 are TX.0 to TX.9, what the last rule with `capture` captured.
 */

export const CAPTURE_SLOTS = 10;

export class VariableTable {
  readonly #slots = new Map<string, number>();
  readonly #names: string[] = [];

  constructor() {
    for (let index = 0; index < CAPTURE_SLOTS; index += 1) this.slot(String(index));
  }

  get size(): number {
    return this.#names.length;
  }

  /** In lower case, by slot. */
  get names(): readonly string[] {
    return this.#names;
  }

  /** The slot of a variable, given one if it has none yet. @param name in lower case */
  slot(name: string): number {
    const known = this.#slots.get(name);
    if (known !== undefined) return known;
    const slot = this.#names.length;
    this.#names.push(name);
    this.#slots.set(name, slot);
    return slot;
  }

  /** The slot of a variable, or -1. @param name in lower case */
  find(name: string): number {
    return this.#slots.get(name) ?? -1;
  }
}

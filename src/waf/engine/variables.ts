/**
 * TX of one transaction. It starts as the program's template and shares its slots until the first write; names that no
 * rule spells out live in a map. Bounded in names and lengths: what does not fit is not kept.
 */
import { TEXT_MAX, VARIABLE_CHARACTERS_MAX, VARIABLES_MAX } from './bounds.ts';
import { CAPTURE_SLOTS, type VariableTable } from './variable-table.ts';

/** Values by slot; undefined where the variable does not exist. */
export type Slots = readonly (string | undefined)[];

export class Variables {
  readonly #table: VariableTable;
  #slots: (string | undefined)[];
  #shared = true;
  #others: Map<string, string> | null = null;
  /** Of all names and values in `#others`. */
  #otherCharacters = 0;

  constructor(table: VariableTable, template: Slots) {
    this.#table = table;
    this.#slots = template as (string | undefined)[];
  }

  get slots(): Slots {
    return this.#slots;
  }

  /** Those without a slot; null while there are none. */
  get others(): ReadonlyMap<string, string> | null {
    return this.#others;
  }

  get table(): VariableTable {
    return this.#table;
  }

  /** Goes over to other slots as a whole; they are shared again. */
  adopt(slots: Slots): void {
    this.#slots = slots as (string | undefined)[];
    this.#shared = true;
  }

  get(slot: number): string | undefined {
    return this.#slots[slot];
  }

  set(slot: number, value: string | undefined): void {
    if (this.#shared) {
      this.#slots = this.#slots.slice();
      this.#shared = false;
    }
    this.#slots[slot] = value !== undefined && value.length > TEXT_MAX ? value.slice(0, TEXT_MAX) : value;
  }

  /** @param name in lower case */
  getNamed(name: string): string | undefined {
    const slot = this.#table.find(name);
    return slot === -1 ? this.#others?.get(name) : this.#slots[slot];
  }

  /** @param name in lower case */
  setNamed(name: string, value: string | undefined): void {
    const slot = this.#table.find(name);
    if (slot !== -1) {
      this.set(slot, value);
      return;
    }
    if (value === undefined) this.#forgetOther(name);
    else this.#keepOther(name, value.length > TEXT_MAX ? value.slice(0, TEXT_MAX) : value);
  }

  #keepOther(name: string, value: string): void {
    this.#others ??= new Map();
    const previous = this.#others.get(name);
    const added = previous === undefined ? name.length + value.length : value.length - previous.length;
    if (previous === undefined && this.#others.size >= VARIABLES_MAX) return;
    if (this.#otherCharacters + added > VARIABLE_CHARACTERS_MAX) return;
    this.#others.set(name, value);
    this.#otherCharacters += added;
  }

  #forgetOther(name: string): void {
    const value = this.#others?.get(name);
    if (value === undefined) return;
    this.#others?.delete(name);
    this.#otherCharacters -= name.length + value.length;
  }

  /** TX.0 to TX.9; those behind the last capture no longer exist. */
  capture(captures: readonly string[]): void {
    for (let index = 0; index < CAPTURE_SLOTS; index += 1) this.set(index, captures[index]);
  }
}

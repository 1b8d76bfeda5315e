/**
 * What is known of TX at one point of the program for every request that can come there: a value, that there is none,
 * or nothing. TX.0 to TX.9 are never known.
 */
import { CAPTURE_SLOTS, type VariableTable } from './variable-table.ts';
import type { Slots } from './variables.ts';

const UNKNOWN = Symbol('unknown');

type Knowledge = string | undefined | typeof UNKNOWN;

export class KnownVariables {
  readonly table: VariableTable;
  readonly #values: Knowledge[];

  constructor(table: VariableTable) {
    this.table = table;
    this.#values = table.names.map((_, slot) => (slot < CAPTURE_SLOTS ? UNKNOWN : undefined));
  }

  isKnown(slot: number): boolean {
    return slot < this.#values.length && this.#values[slot] !== UNKNOWN;
  }

  /** The known values; variables of which nothing is known have none here. */
  toSlots(): Slots {
    return this.#values.map((value) => (value === UNKNOWN ? undefined : value));
  }

  set(slot: number, value: string | undefined): void {
    if (slot >= CAPTURE_SLOTS) this.#values[slot] = value;
  }

  /** The variable may have got this value, or kept the one it had. */
  join(slot: number, value: string | undefined): void {
    if (this.#values[slot] !== value) this.#values[slot] = UNKNOWN;
  }

  forget(slot: number): void {
    this.#values[slot] = UNKNOWN;
  }

  /** Any variable whose name begins so may have got any value. */
  forgetPrefix(prefix: string): void {
    for (const [slot, name] of this.table.names.entries()) if (name.startsWith(prefix)) this.forget(slot);
  }
}

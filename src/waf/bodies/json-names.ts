/**
 * The names of the values of a JSON document: `json.user.name`, items of lists by their number as in `json.list.0`,
 * a value that stands alone `json`. Two paths may read the same (`{"a.b":1}` and `{"a":{"b":1}}`); both are kept.
 *
 * A long name repeats in all that is below it, hence a budget for the characters of all names together.
 */

interface Container {
  readonly path: string;
  /** The number of the next item; -1 in an object. */
  nextItem: number;
  /** The name of the value that comes next. */
  child: string;
}

const ROOT = 'json';
const CHARACTERS_PER_VALUE = 256;
const CHARACTERS_MIN = 65_536;

export class JsonNames {
  readonly #stack: Container[] = [];
  readonly #charactersMax: number;
  #characters = 0;

  /** @param valuesMax values that may be named */
  constructor(valuesMax: number) {
    this.#charactersMax = Math.max(CHARACTERS_MIN, valuesMax * CHARACTERS_PER_VALUE);
  }

  get depth(): number {
    return this.#stack.length;
  }

  get inArray(): boolean {
    return (this.#stack.at(-1)?.nextItem ?? -1) !== -1;
  }

  /** The name of the value that comes next. */
  get current(): string {
    return this.#stack.at(-1)?.child ?? ROOT;
  }

  open(isArray: boolean): void {
    const path = this.current;
    this.#stack.push({ path, nextItem: isArray ? 0 : -1, child: path });
    if (isArray) this.nextItem();
  }

  /** Returns the number of items of the list that ends, 0 for an object. */
  close(): number {
    return Math.max(0, this.#stack.pop()?.nextItem ?? 0);
  }

  nextItem(): void {
    const top = this.#stack.at(-1);
    if (top === undefined) return;
    top.child = `${top.path}.${top.nextItem}`;
    top.nextItem += 1;
  }

  key(name: string): void {
    const top = this.#stack.at(-1);
    if (top !== undefined) top.child = `${top.path}.${name}`;
  }

  /** Counts the current name; false once all names together are over the budget. */
  spend(): boolean {
    this.#characters += this.current.length;
    return this.#characters <= this.#charactersMax;
  }
}

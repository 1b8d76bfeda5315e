/** What a literal automaton is made of: classes of bytes, and the prefixes of the literals. */

/** A literal in lower case, and the slots that it stands for. */
export interface Literal {
  readonly text: string;
  readonly slots: readonly number[];
}

/** The literals' prefixes, as classes of bytes, numbered breadth first. */
export class Trie {
  readonly children: Map<number, number>[] = [];
  readonly slots: (readonly number[])[] = [];
  readonly #classOf: Uint8Array;

  constructor(literals: readonly Literal[], classOf: Uint8Array) {
    this.#classOf = classOf;
    // Level by level: what shares a prefix so far stands in one group.
    let level: (readonly Literal[])[] = [literals];
    this.#add();
    for (let depth = 0, first = 0; level.length > 0; depth += 1) {
      const next: (readonly Literal[])[] = [];
      for (const [offset, group] of level.entries()) this.#fork(first + offset, group, depth, next);
      first += level.length;
      level = next;
    }
  }

  get count(): number {
    return this.children.length;
  }

  #add(): number {
    this.children.push(new Map());
    this.slots.push([]);
    return this.children.length - 1;
  }

  #fork(state: number, group: readonly Literal[], depth: number, next: (readonly Literal[])[]): void {
    const byFirst = new Map<number, Literal[]>();
    for (const literal of group) {
      if (literal.text.length === depth) {
        this.slots[state] = literal.slots;
        continue;
      }
      const byte = this.#classOf[literal.text.charCodeAt(depth)]!;
      const others = byFirst.get(byte);
      if (others === undefined) byFirst.set(byte, [literal]);
      else others.push(literal);
    }
    for (const [byte, members] of byFirst) {
      this.children[state]!.set(byte, this.#add());
      next.push(members);
    }
  }
}

/** Bytes share a class where no literal has them, and where each is one literal, for the same slots, and no more. */
export function classify(literals: readonly Literal[]): {
  readonly classOf: Uint8Array;
  readonly classes: number;
} {
  const inLonger = new Set(literals.flatMap(({ text }) => (text.length > 1 ? [...text] : [])));
  const classOf = new Uint8Array(256);
  const known = new Map<string, number>();
  for (const { text, slots } of literals) {
    for (const character of text) {
      const key = inLonger.has(character) ? character : `alone for ${slots.join()}`;
      if (!known.has(key)) known.set(key, known.size + 1);
      classOf[character.charCodeAt(0)] = known.get(key)!;
    }
  }
  for (let byte = 0x41; byte <= 0x5a; byte += 1) classOf[byte] = classOf[byte | 0x20]!;
  return { classOf, classes: known.size + 1 };
}

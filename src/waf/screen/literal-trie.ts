/** What a literal automaton is made of: classes of bytes, and the prefixes of the literals. */

/** A literal in lower case, and the slots that it stands for. */
export interface Literal {
  readonly text: string;
  readonly slots: readonly number[];
}

/**
 * The literals' prefixes, as classes of bytes, numbered breadth first: those behind one state are neighbours, and what
 * is behind a state is a range of the sorted literals.
 */
export class Trie {
  /** By state: the slots of the literal that it is; empty for a mere prefix. */
  readonly slots: (readonly number[])[] = [];
  /** By state: the class by which it is reached. */
  readonly labels: number[] = [];
  /** By state and, behind the last one, the number of states: children end where the next state's begin. */
  readonly firstChild: number[] = [];
  readonly #sorted: readonly Classified[];
  /** By state: the range of the literals that begin with it, and how many classes it is long. */
  readonly #from: number[] = [];
  readonly #to: number[] = [];
  readonly #depth: number[] = [];

  constructor(literals: readonly Literal[], classOf: Uint8Array) {
    this.#sorted = literals
      .map(({ text, slots }) => ({ classes: classesOf(text, classOf), slots }))
      .sort((one, other) => (one.classes < other.classes ? -1 : 1));
    this.#add(0, 0, literals.length, 0);
    for (let state = 0; state < this.count; state += 1) this.#fork(state);
    this.firstChild.push(this.count);
  }

  get count(): number {
    return this.slots.length;
  }

  #add(label: number, from: number, to: number, depth: number): void {
    this.labels.push(label);
    this.slots.push(NO_SLOTS);
    this.#from.push(from);
    this.#to.push(to);
    this.#depth.push(depth);
  }

  #fork(state: number): void {
    this.firstChild.push(this.count);
    const depth = this.#depth[state]!;
    const to = this.#to[state]!;
    let from = this.#from[state]!;
    for (; from < to && this.#sorted[from]!.classes.length === depth; from += 1) {
      this.slots[state] = this.#sorted[from]!.slots;
    }
    while (from < to) {
      const label = this.#sorted[from]!.classes.charCodeAt(depth);
      const first = from;
      while (from < to && this.#sorted[from]!.classes.charCodeAt(depth) === label) from += 1;
      this.#add(label, first, from, depth + 1);
    }
  }
}

const NO_SLOTS: readonly number[] = [];

/** A literal with a character for each class. */
interface Classified {
  readonly classes: string;
  readonly slots: readonly number[];
}

function classesOf(text: string, classOf: Uint8Array): string {
  let classes = '';
  for (let at = 0; at < text.length; at += 1) {
    classes += String.fromCharCode(classOf[text.charCodeAt(at)]!);
  }
  return classes;
}

/** Bytes share a class where no literal has them, and where each is one literal, for the same slots, and no more. */
export function classify(literals: readonly Literal[]): {
  readonly classOf: Uint8Array;
  readonly classes: number;
} {
  const classOf = new Uint8Array(256);
  let classes = 1;
  for (const { text } of literals) {
    for (let at = 0; text.length > 1 && at < text.length; at += 1) {
      const byte = text.charCodeAt(at);
      if (classOf[byte] === 0) classOf[byte] = classes++;
    }
  }
  const alone = new Map<string, number>();
  for (const { text, slots } of literals) {
    const byte = text.charCodeAt(0);
    if (text.length > 1 || classOf[byte] !== 0) continue;
    const key = slots.join();
    const known = alone.get(key) ?? classes;
    if (known === classes) classes += 1;
    alone.set(key, known);
    classOf[byte] = known;
  }
  for (let byte = 0x41; byte <= 0x5a; byte += 1) classOf[byte] = classOf[byte | 0x20]!;
  return { classOf, classes };
}

/**
 * Finds which of many literals are in a text, ASCII letters without regard to case, in one pass (Aho and Corasick,
 * 1975), and notes on the way which kinds of bytes the text has.
 *
 * Every state has a full row of targets by class of byte; bytes that no literal has share a class. States are
 * numbered breadth first, so that the few near the root, where texts are nearly all the time, lie together. A target
 * is the place of its row, or the complement of that where some literal ends. Literals of one byte end nearly
 * everywhere: most of them are no states, but bits that each byte adds. Bound: STATES_MAX rows.
 */

import { classify, type Literal, Trie } from './literal-trie.ts';
import { addSlots, SingleBytes } from './single-bytes.ts';

/** Rows of at most 256 targets: some 70 MB at the very most, 2 MB for large rule sets. */
export const STATES_MAX = 1 << 16;

/** What one pass over a text found. */
export class ScanResult {
  /** A bit for every slot of which a literal was found. */
  readonly hits: Int32Array;
  /** The kinds of all bytes of the text together. */
  kinds = 0;

  constructor(words: number) {
    this.hits = new Int32Array(words);
  }
}

/** Columns of a row behind its targets: the pass that reported the state last, and the state's number. */
const STAMP = 0;
const STATE = 1;
const EXTRA_COLUMNS = 2;

const LAST_STAMP = 0x7fff_ffff;

export class LiteralAutomaton {
  readonly #classOf: Uint8Array;
  readonly #targets: Int32Array;
  readonly #classes: number;
  readonly #width: number;
  readonly #kindOf: Int32Array;
  readonly #singles: SingleBytes;
  /** By state: the slots of the literals that end there, and the next shorter state where some end, or -1. */
  readonly #slots: readonly (readonly number[])[];
  readonly #shorter: Int32Array;
  #stamp = 0;

  /**
   * @param literals none empty, none twice; all texts together at most STATES_MAX - 1 bytes
   * @param kindOf by byte, as bits
   */
  constructor(literals: readonly Literal[], kindOf: Int32Array) {
    this.#singles = new SingleBytes(literals);
    const others = literals.filter((literal) => !this.#singles.has(literal));
    const { classOf, classes } = classify(others);
    const trie = new Trie(others, classOf);
    this.#classOf = classOf;
    this.#classes = classes;
    this.#width = classes + EXTRA_COLUMNS;
    this.#kindOf = kindOf;
    this.#targets = new Int32Array(trie.count * this.#width);
    this.#slots = trie.slots;
    this.#shorter = new Int32Array(trie.count).fill(-1);
    this.#link(trie);
  }

  /** @param text bytes as latin-1 text */
  scan(text: string, result: ScanResult): void {
    const classOf = this.#classOf;
    const targets = this.#targets;
    const kindOf = this.#kindOf;
    const singleOf = this.#singles.bits;
    const stampColumn = this.#classes + STAMP;
    const stamp = this.#nextStamp();
    const { hits } = result;
    for (let word = 0; word < hits.length; word += 1) hits[word] = 0;
    let kinds = 0;
    let singles = 0;
    let row = 0;
    for (let at = 0; at < text.length; at += 1) {
      const byte = text.charCodeAt(at) & 0xff;
      kinds |= kindOf[byte]!;
      singles |= singleOf[byte]!;
      row = targets[row + classOf[byte]!]!;
      if (row < 0) {
        row = ~row;
        if (targets[row + stampColumn] !== stamp) this.#report(row, stamp, hits);
      }
    }
    this.#singles.report(singles, hits);
    result.kinds = kinds;
  }

  #nextStamp(): number {
    if (this.#stamp === LAST_STAMP) {
      this.#stamp = 0;
      const { length } = this.#targets;
      for (let at = this.#classes + STAMP; at < length; at += this.#width) this.#targets[at] = 0;
    }
    this.#stamp += 1;
    return this.#stamp;
  }

  /** Notes what ends at a state, once in a pass. */
  #report(row: number, stamp: number, hits: Int32Array): void {
    const targets = this.#targets;
    let state = targets[row + this.#classes + STATE]!;
    let at = row + this.#classes + STAMP;
    while (targets[at] !== stamp) {
      targets[at] = stamp;
      addSlots(this.#slots[state]!, hits);
      state = this.#shorter[state]!;
      if (state === -1) return;
      at = state * this.#width + this.#classes + STAMP;
    }
  }

  /** Fills the rows in the order of the states: all suffixes of a state come before it. */
  #link(trie: Trie): void {
    const width = this.#width;
    const suffix = new Int32Array(trie.count);
    const ends = (state: number): boolean => trie.slots[state]!.length > 0 || this.#shorter[state] !== -1;
    for (let state = 0; state < trie.count; state += 1) {
      const fallback = suffix[state]! * width;
      if (state > 0) this.#targets.copyWithin(state * width, fallback, fallback + this.#classes);
      this.#targets[state * width + this.#classes + STATE] = state;
      for (const [byteClass, child] of trie.children[state]!) {
        const cell = state * width + byteClass;
        const inherited = this.#targets[cell]!;
        suffix[child] = state === 0 ? 0 : (inherited < 0 ? ~inherited : inherited) / width;
        const shorter = suffix[child]!;
        this.#shorter[child] = trie.slots[shorter]!.length > 0 ? shorter : this.#shorter[shorter]!;
        this.#targets[cell] = ends(child) ? ~(child * width) : child * width;
      }
    }
  }
}

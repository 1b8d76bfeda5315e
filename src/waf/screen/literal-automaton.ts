/**
 * Finds which of many literals are in a text, ASCII letters without regard to case, in one pass (Aho and Corasick,
 * 1975), and notes on the way which kinds of bytes the text has.
 *
 * Every state has a full row of targets by class of byte; bytes that no literal has share a class. States are
 * numbered breadth first, so that the few near the root, where texts are nearly all the time, lie together. A target
 * is the place of its row, or the complement of that where some literal ends. Literals of one byte end nearly
 * everywhere: most of them are no states, but bits that each byte adds. Bound: STATES_MAX rows.
 */
import { SLICE_BYTES, SLICE_UNITS, type WorkMeter } from '../budget/work-meter.ts';
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

  /**
   * @param text bytes as latin-1 text
   * @param meter asked now and then in long texts; when it says no, the rest is left out
   */
  scan(text: string, result: ScanResult, meter: WorkMeter | null): void {
    const { hits } = result;
    for (let word = 0; word < hits.length; word += 1) hits[word] = 0;
    result.kinds = 0;
    const stamp = this.#nextStamp();
    let row = 0;
    let from = 0;
    if (meter !== null) {
      for (; text.length - from > SLICE_BYTES; from += SLICE_BYTES) {
        row = this.#pass(text, from, from + SLICE_BYTES, row, stamp, result);
        if (!meter.spend(SLICE_UNITS)) return;
      }
    }
    this.#pass(text, from, text.length, row, stamp, result);
  }

  /** Reads on from a state, and returns the one at the end. */
  #pass(text: string, from: number, to: number, first: number, stamp: number, result: ScanResult): number {
    const classOf = this.#classOf;
    const targets = this.#targets;
    const kindOf = this.#kindOf;
    const singleOf = this.#singles.bits;
    const stampColumn = this.#classes + STAMP;
    let kinds = 0;
    let singles = 0;
    let row = first;
    for (let at = from; at < to; at += 1) {
      const byte = text.charCodeAt(at) & 0xff;
      kinds |= kindOf[byte]!;
      singles |= singleOf[byte]!;
      row = targets[row + classOf[byte]!]!;
      if (row < 0) {
        row = ~row;
        if (targets[row + stampColumn] !== stamp) this.#report(row, stamp, result.hits);
      }
    }
    this.#singles.report(singles, result.hits);
    result.kinds |= kinds;
    return row;
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
      for (let child = trie.firstChild[state]!; child < trie.firstChild[state + 1]!; child += 1) {
        const cell = state * width + trie.labels[child]!;
        const inherited = this.#targets[cell]!;
        suffix[child] = state === 0 ? 0 : (inherited < 0 ? ~inherited : inherited) / width;
        const shorter = suffix[child]!;
        this.#shorter[child] = trie.slots[shorter]!.length > 0 ? shorter : this.#shorter[shorter]!;
        this.#targets[cell] = ends(child) ? ~(child * width) : child * width;
      }
    }
  }
}

/**
 * Finds any of many words in a text, ASCII letters without regard to case, in one pass (Aho and Corasick, 1975).
 *
 * States are the words' prefixes, numbered by length and then by order, so that the states behind one state are
 * neighbours and an edge needs no target: it is found by its place among them. Short states, where texts are nearly
 * all the time, have a full row of targets by byte; longer ones compare the labels of their few edges and otherwise
 * go on with their longest proper suffix that is a state. Every byte read makes the state one longer at most and
 * every step to a suffix makes it shorter, so the time is linear in the text whatever it holds. 13 bytes a state
 * and 1 KB for every different first byte.
 */
import { fail, ok, type Result } from '../../core/result.ts';
import { lowercase } from '../transformations/lowercase.ts';

/** All characters of all words: bounds the memory at some 14 MB. */
const CHARACTERS_MAX = 1 << 20;
const BYTES = 256;

const FOLDED = Uint8Array.from({ length: BYTES }, (_, byte) =>
  byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte,
);

export interface WordMatch {
  readonly start: number;
  readonly end: number;
}

/** The words' prefixes; see the top of the file. */
interface Trie {
  /** First child by state and, behind the last one, the number of states; children end where the next's begin. */
  readonly firstChild: Int32Array;
  /** The byte by which a state is reached, in lower case. */
  readonly label: Uint8Array;
  /** The longest word that the state ends with, or 0. */
  readonly wordLength: Int32Array;
  /** The longest proper suffix that is a state. */
  readonly suffix: Int32Array;
}

/** Fails with the end of a sentence where there is no word, an empty one, or too much text. */
export function compileWords(words: readonly string[]): Result<WordAutomaton, string> {
  let characters = 0;
  for (const word of words) characters += word.length;
  if (characters > CHARACTERS_MAX)
    return fail(`hold ${characters} characters; ${CHARACTERS_MAX} are allowed`);
  if (words.length === 0) return fail('are missing');
  if (words.includes('')) return fail('hold an empty one, which is in every text');
  return ok(new WordAutomaton([...new Set(words.map(lowercase))].sort(), characters + 1));
}

export class WordAutomaton {
  /** In lower case, sorted, each once. */
  readonly words: readonly string[];
  readonly #trie: Trie;
  /** Target by byte of state 0 and of its children. */
  readonly #rows: Int32Array;

  /**
   * @param words in lower case, sorted, each once, none empty, at least one
   * @param statesMax at least the number of different prefixes, the empty one included
   */
  constructor(words: readonly string[], statesMax: number) {
    this.words = words;
    this.#trie = layOutTrie(words, statesMax);
    linkSuffixes(this.#trie);
    this.#rows = fillRows(this.#trie);
  }

  test(text: string): boolean {
    return this.#scan(text) >= 0;
  }

  /** The match that ends first, and of those that end there the longest. */
  find(text: string): WordMatch | null {
    const found = this.#scan(text);
    if (found < 0) return null;
    const end = Math.floor(found / (CHARACTERS_MAX + 1));
    return { start: end - (found % (CHARACTERS_MAX + 1)), end };
  }

  /** End and length of the first match in one number, or -1. */
  #scan(text: string): number {
    const { firstChild, label, wordLength, suffix } = this.#trie;
    const rows = this.#rows;
    const rowCount = rows.length / BYTES;
    let state = 0;
    for (let at = 0; at < text.length; at++) {
      const byte = FOLDED[text.charCodeAt(at) & 0xff]!;
      let next = -1;
      while (next < 0) {
        if (state < rowCount) {
          next = rows[state * BYTES + byte]!;
        } else {
          const end = firstChild[state + 1]!;
          let child = firstChild[state]!;
          while (child < end && label[child] !== byte) child++;
          if (child < end) next = child;
          else state = suffix[state]!;
        }
      }
      state = next;
      if (wordLength[state]! > 0) return (at + 1) * (CHARACTERS_MAX + 1) + wordLength[state]!;
    }
    return -1;
  }
}

/** Numbers the prefixes level by level; those with one prefix are a range of the sorted words. */
function layOutTrie(words: readonly string[], statesMax: number): Trie {
  const firstChild = new Int32Array(statesMax + 1);
  const label = new Uint8Array(statesMax);
  const depth = new Int32Array(statesMax);
  const wordLength = new Int32Array(statesMax);
  const low = new Int32Array(statesMax);
  const high = new Int32Array(statesMax);
  high[0] = words.length;
  let count = 1;
  for (let state = 0; state < count; state++) {
    firstChild[state] = count;
    let from = low[state]!;
    const end = high[state]!;
    const length = depth[state]!;
    if (words[from]!.length === length) {
      wordLength[state] = length;
      from++;
    }
    while (from < end) {
      const byte = words[from]!.charCodeAt(length);
      let to = from + 1;
      while (to < end && words[to]!.charCodeAt(length) === byte) to++;
      label[count] = byte;
      depth[count] = length + 1;
      low[count] = from;
      high[count++] = to;
      from = to;
    }
  }
  firstChild[count] = count;
  return {
    firstChild: firstChild.slice(0, count + 1),
    label: label.slice(0, count),
    wordLength: wordLength.slice(0, count),
    suffix: new Int32Array(count),
  };
}

/** A state's longest proper suffix is a child of one of the suffixes of its parent, all of which are shorter. */
function linkSuffixes({ firstChild, label, wordLength, suffix }: Trie): void {
  for (let parent = 0; parent < label.length; parent++) {
    for (let state = firstChild[parent]!; state < firstChild[parent + 1]!; state++) {
      let shorter = parent;
      let found = -1;
      while (shorter !== 0 && found < 0) {
        shorter = suffix[shorter]!;
        found = childBy(firstChild, label, shorter, label[state]!);
      }
      suffix[state] = Math.max(found, 0);
      if (wordLength[state] === 0) wordLength[state] = wordLength[suffix[state]!]!;
    }
  }
}

/** The rows of state 0, which stays where it has no child, and of its children, which otherwise do as it does. */
function fillRows({ firstChild, label }: Trie): Int32Array {
  const rows = new Int32Array(firstChild[1]! * BYTES);
  for (let state = 0; state < firstChild[1]!; state++) {
    for (let byte = 0; byte < BYTES; byte++) {
      const child = childBy(firstChild, label, state, byte);
      rows[state * BYTES + byte] = child >= 0 ? child : state === 0 ? 0 : rows[byte]!;
    }
  }
  return rows;
}

function childBy(firstChild: Int32Array, label: Uint8Array, state: number, byte: number): number {
  for (let child = firstChild[state]!; child < firstChild[state + 1]!; child++) {
    if (label[child] === byte) return child;
  }
  return -1;
}

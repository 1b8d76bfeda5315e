/**
 * A pattern as a non-deterministic automaton: instructions that read a byte, fork, check an edge or note an offset.
 * Counted repeats are written out. Bytes that no set tells apart share a class, so that tables stay small.
 */
import { BYTES, type ByteSet, bytesOf, has, LINE_FEED, WORD_BYTES } from './byte-set.ts';
import { type Edge, isNullable, type Node, type RepeatNode, someNode } from './syntax-tree.ts';

export const MATCH = 0;
/** Reads a byte of the set `argument`. */
export const READ = 1;
/** Goes on at `next`, or else at `argument`. */
export const FORK = 2;
/** Goes on where the edge `argument` is. */
export const EDGE = 3;
/** Notes the offset in the slot `argument`. */
export const NOTE = 4;

/** Edges as numbers. The first two are known from what was read, the others need the next byte. */
export const EDGES: readonly Edge[] = ['start', 'line-start', 'end', 'line-end', 'word', 'not-word'];
export const AT_START = 0;
export const AT_LINE_START = 1;
export const AT_END = 2;
export const AT_LINE_END = 3;
export const AT_WORD = 4;

export interface Program {
  readonly operations: Uint8Array;
  readonly next: Int32Array;
  readonly arguments: Int32Array;
  readonly start: number;
  /** The class of each byte. */
  readonly classOf: Uint8Array;
  /** Without the end of the text, which comes after them as a class of its own. */
  readonly classes: number;
  /** 1 at `set * classes + class` where the set has the class. */
  readonly accepts: Uint8Array;
  /** By class: whether its bytes are word bytes; the end of the text is none. */
  readonly wordClass: Uint8Array;
  /** The class of the line feed where lines matter, otherwise -1. */
  readonly lineFeedClass: number;
  /** Two for each group and two for the whole; 0 where offsets are not noted. */
  readonly slots: number;
}

/** How many instructions the tree makes, at most: for limits, before anything is built. */
export function programSize(node: Node): number {
  switch (node.kind) {
    case 'sequence':
      return node.parts.reduce((sum, part) => sum + programSize(part), 0);
    case 'choice':
      return node.choices.reduce((sum, choice) => sum + programSize(choice) + 1, 0);
    case 'repeat': {
      const copies = node.most === Number.POSITIVE_INFINITY ? Math.max(node.least, 1) : node.most;
      return (programSize(node.body) + 1) * copies + 1;
    }
    case 'group':
      return programSize(node.body) + 2;
    default:
      return 1;
  }
}

/** @param groups how many capturing groups to note the offsets of; -1 for none, not even of the whole match */
export function buildProgram(root: Node, groups: number): Program {
  const builder = new ProgramBuilder(groups >= 0);
  return builder.build(root, groups);
}

class ProgramBuilder {
  readonly #operations: number[] = [];
  readonly #next: number[] = [];
  readonly #arguments: number[] = [];
  readonly #sets: ByteSet[] = [];
  /** By identity, which most sets that are equal share, and by content. */
  readonly #setIds = new Map<ByteSet | string, number>();
  readonly #notes: boolean;

  constructor(notes: boolean) {
    this.#notes = notes;
  }

  build(root: Node, groups: number): Program {
    const match = this.#add(MATCH, 0, 0);
    const last = this.#notes ? this.#add(NOTE, match, 1) : match;
    const body = this.#node(root, last);
    const start = this.#notes ? this.#add(NOTE, body, 0) : body;
    const hasLines = someNode(root, (node) => node.kind === 'edge' && node.edge.startsWith('line'));
    const hasWords = someNode(root, (node) => node.kind === 'edge' && node.edge.endsWith('word'));
    const separators = [...(hasLines ? [LINE_FEED] : []), ...(hasWords ? [WORD_BYTES] : [])];
    const { classOf, classes } = classesOf([...this.#sets, ...separators]);
    return {
      operations: Uint8Array.from(this.#operations),
      next: Int32Array.from(this.#next),
      arguments: Int32Array.from(this.#arguments),
      start,
      classOf,
      classes,
      accepts: acceptTable(this.#sets, classOf, classes),
      wordClass: hasWords ? acceptTable([WORD_BYTES], classOf, classes + 1) : new Uint8Array(classes + 1),
      lineFeedClass: hasLines ? classOf[0x0a]! : -1,
      slots: this.#notes ? 2 * (groups + 1) : 0,
    };
  }

  #add(operation: number, next: number, argument: number): number {
    this.#operations.push(operation);
    this.#next.push(next);
    this.#arguments.push(argument);
    return this.#operations.length - 1;
  }

  /** Instructions are made from the end backwards: `after` is where a match of the node goes on. */
  #node(node: Node, after: number): number {
    switch (node.kind) {
      case 'empty':
        return after;
      case 'bytes':
        return this.#add(READ, after, this.#setId(node.set));
      case 'edge':
        return this.#add(EDGE, after, EDGES.indexOf(node.edge));
      case 'sequence':
        return node.parts.reduceRight((next, part) => this.#node(part, next), after);
      case 'choice':
        return node.choices
          .map((choice) => this.#node(choice, after))
          .reduceRight((others, choice) => this.#add(FORK, choice, others));
      case 'repeat':
        return this.#repeat(node, after);
      case 'group': {
        if (!this.#notes) return this.#node(node.body, after);
        const end = this.#add(NOTE, after, 2 * node.index + 1);
        return this.#add(NOTE, this.#node(node.body, end), 2 * node.index);
      }
    }
  }

  #repeat(node: RepeatNode, after: number): number {
    const { body, least, most } = node;
    let entry = after;
    if (most !== Number.POSITIVE_INFINITY) {
      // One inside the other: who leaves early leaves for good.
      for (let copy = least; copy < most; copy += 1) entry = this.#fork(this.#node(body, entry), after, node);
    } else if (least === 0) {
      // A body that can be empty must run once before it is found to loop, or its groups would be lost.
      entry = isNullable(body) ? this.#fork(this.#loop(node, after), after, node) : this.#star(node, after);
    } else {
      entry = this.#loop(node, after);
    }
    const copies = most === Number.POSITIVE_INFINITY ? least - 1 : least;
    for (let copy = 0; copy < copies; copy += 1) entry = this.#node(body, entry);
    return entry;
  }

  /** Once or more. */
  #loop(node: RepeatNode, after: number): number {
    const fork = this.#add(FORK, 0, 0);
    const entry = this.#node(node.body, fork);
    this.#aim(fork, entry, after, node);
    return entry;
  }

  #star(node: RepeatNode, after: number): number {
    const fork = this.#add(FORK, 0, 0);
    this.#aim(fork, this.#node(node.body, fork), after, node);
    return fork;
  }

  #fork(inner: number, after: number, node: RepeatNode): number {
    const fork = this.#add(FORK, 0, 0);
    this.#aim(fork, inner, after, node);
    return fork;
  }

  #aim(fork: number, inner: number, after: number, node: RepeatNode): void {
    this.#next[fork] = node.greedy ? inner : after;
    this.#arguments[fork] = node.greedy ? after : inner;
  }

  #setId(set: ByteSet): number {
    const known = this.#setIds.get(set);
    if (known !== undefined) return known;
    const key = set.join();
    const id = this.#setIds.get(key) ?? this.#sets.length;
    if (id === this.#sets.length) this.#sets.push(set);
    this.#setIds.set(set, id).set(key, id);
    return id;
  }
}

/** Splits the bytes until every set is a union of classes. */
function classesOf(sets: readonly ByteSet[]): { readonly classOf: Uint8Array; readonly classes: number } {
  let classOf = new Uint8Array(BYTES);
  let classes = 1;
  for (const set of sets) {
    const renamed = new Int16Array(2 * BYTES).fill(-1);
    const refined = new Uint8Array(BYTES);
    classes = 0;
    for (let byte = 0; byte < BYTES; byte += 1) {
      const key = classOf[byte]! * 2 + (has(set, byte) ? 1 : 0);
      if (renamed[key] === -1) renamed[key] = classes++;
      refined[byte] = renamed[key]!;
    }
    classOf = refined;
  }
  return { classOf, classes };
}

function acceptTable(sets: readonly ByteSet[], classOf: Uint8Array, width: number): Uint8Array {
  const table = new Uint8Array(sets.length * width);
  for (const [index, set] of sets.entries()) {
    for (const byte of bytesOf(set)) table[index * width + classOf[byte]!] = 1;
  }
  return table;
}

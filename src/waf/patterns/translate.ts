/**
 * A pattern in the runtime's own syntax, with the same meaning for bytes as latin-1 text.
 *
 * Everything is written out where the runtime means something else: its `\s` has the no-break space, its `i` folds
 * accented letters of latin-1, its `^` and `$` are ours only without `m`. So the flag `i` is used only where every
 * class of the pattern has both cases of all that it would fold.
 */
import { ALL_BYTES, type ByteSet, bytesOf, DIGITS, has, rangesOf, sameSet, WORD_BYTES } from './byte-set.ts';
import type { Edge, Node, RepeatNode } from './syntax-tree.ts';
import { someNode } from './syntax-tree.ts';

const EDGES: Readonly<Record<Edge, string>> = {
  start: '^',
  end: '$',
  'line-start': '(?<![^\\n])',
  'line-end': '(?![^\\n])',
  word: '\\b',
  'not-word': '\\B',
};

/** @returns a RegExp with the flag `s`, that never throws: the tree has no construct that the runtime lacks */
export function translate(root: Node): RegExp {
  const folded = new Map<ByteSet, boolean>();
  const ignoreCase = !someNode(root, (node) => {
    if (node.kind !== 'bytes') return false;
    const known = folded.get(node.set) ?? isFolded(node.set);
    folded.set(node.set, known);
    return !known;
  });
  return new RegExp(new PatternWriter(ignoreCase).write(root), ignoreCase ? 'is' : 's');
}

class PatternWriter {
  readonly #ignoreCase: boolean;
  readonly #sets = new Map<ByteSet, string>();

  constructor(ignoreCase: boolean) {
    this.#ignoreCase = ignoreCase;
  }

  write(node: Node): string {
    switch (node.kind) {
      case 'empty':
        return '';
      case 'bytes':
        return this.#set(node.set);
      case 'edge':
        return EDGES[node.edge];
      case 'sequence':
        return node.parts.map((part) => this.#part(part)).join('');
      case 'choice':
        return node.choices.map((choice) => this.write(choice)).join('|');
      case 'repeat':
        return `${this.#body(node.body)}${writeCount(node)}`;
      case 'group':
        return `(${this.write(node.body)})`;
    }
  }

  #part(node: Node): string {
    const text = this.write(node);
    return node.kind === 'choice' ? `(?:${text})` : text;
  }

  #body(node: Node): string {
    const text = this.write(node);
    return node.kind === 'bytes' || node.kind === 'group' ? text : `(?:${text})`;
  }

  #set(set: ByteSet): string {
    const known = this.#sets.get(set);
    if (known !== undefined) return known;
    const text = writeSet(set, this.#ignoreCase);
    this.#sets.set(set, text);
    return text;
  }
}

function writeCount({ least, most, greedy }: RepeatNode): string {
  const lazy = greedy ? '' : '?';
  if (most === Number.POSITIVE_INFINITY)
    return `${least === 0 ? '*' : least === 1 ? '+' : `{${least},}`}${lazy}`;
  if (least === 0 && most === 1) return `?${lazy}`;
  return `{${least}${least === most ? '' : `,${most}`}}${lazy}`;
}

function writeSet(set: ByteSet, ignoreCase: boolean): string {
  if (sameSet(set, ALL_BYTES)) return '.';
  if (sameSet(set, WORD_BYTES)) return '\\w';
  if (sameSet(set, DIGITS)) return '\\d';
  const bytes = bytesOf(set);
  if (bytes.length === 0) return '[]';
  const lower = ignoreCase ? bytes.filter((byte) => !has(set, byte | 0x20) || !isUpper(byte)) : bytes;
  if (lower.length === 1) return writeByte(lower[0]!);
  const isWide = bytes.length > 128;
  const ranges = rangesOf(set).map(([first, last]) =>
    first === last ? writeByte(first) : `${writeByte(first)}-${writeByte(last)}`,
  );
  if (!isWide) return `[${ranges.join('')}]`;
  // What the class leaves out, for the characters beyond a byte too; there are none in the texts.
  const without = rangesOf(set.map((word) => ~word)).map(([first, last]) =>
    first === last ? writeByte(first) : `${writeByte(first)}-${writeByte(last)}`,
  );
  return `[^${without.join('')}]`;
}

function writeByte(byte: number): string {
  const character = String.fromCharCode(byte);
  return /[0-9A-Za-z ]/.test(character) ? character : `\\x${byte.toString(16).padStart(2, '0')}`;
}

function isUpper(byte: number): boolean {
  return (byte >= 0x41 && byte <= 0x5a) || (byte >= 0xc0 && byte <= 0xde && byte !== 0xd7);
}

/** Whether the flag `i` leaves the set as it is: letters of latin-1 differ from their other case by 0x20. */
function isFolded(set: ByteSet): boolean {
  for (let byte = 0x41; byte <= 0xde; byte += 1) {
    if (isUpper(byte) && has(set, byte) !== has(set, byte | 0x20)) return false;
  }
  return true;
}

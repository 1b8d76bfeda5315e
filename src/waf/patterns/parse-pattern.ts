/**
 * Reads a regular expression in the dialect that PCRE and RE2 share, for bytes.
 *
 * Dialect: `.` is any byte; `^` and `$` are the ends of the text, those of lines under `(?m)`; `\s` is tab to carriage
 * return and blank; letters fold in ASCII only. What an automaton cannot do (look-around, back-references, atomic and
 * possessive groups, conditions, recursion) is a fault that names the construct and its offset, and so is what the
 * two engines read differently. Bounds: nesting 200 deep, counts up to 10,000.
 */
import { fail, ok, type Result } from '../../core/result.ts';
import { ALL_BYTES, type ByteSet, complement, FOLDED_BYTES, LINE_FEED, SINGLE_BYTES } from './byte-set.ts';
import { ClassReader } from './parse-class.ts';
import { parseEscape } from './parse-escape.ts';
import { choiceOf, type Node, sequenceOf } from './syntax-tree.ts';

export interface ParsedPattern {
  readonly root: Node;
  /** Capturing groups. */
  readonly groups: number;
}

const MAXIMUM_DEPTH = 200;
const MAXIMUM_COUNT = 10_000;

/** What `(?i)` and the like switch, for the rest of the group that they stand in. */
interface Flags {
  readonly ignoreCase: boolean;
  readonly lines: boolean;
  readonly dotAll: boolean;
}

const DEFAULT_FLAGS: Flags = { ignoreCase: false, lines: false, dotAll: true };

/** @returns the tree, or a sentence that names the construct and its offset, counted from 0 */
export function parsePattern(source: string): Result<ParsedPattern, string> {
  const parser = new PatternParser(source);
  const root = parser.parse();
  return root.ok ? ok({ root: root.value, groups: parser.groups }) : root;
}

class PatternParser {
  readonly #source: string;
  #at = 0;
  #flags = DEFAULT_FLAGS;
  #depth = 0;
  readonly #classes = new ClassReader();
  groups = 0;

  constructor(source: string) {
    this.#source = source;
  }

  parse(): Result<Node, string> {
    const root = this.#choices();
    if (root.ok && this.#at < this.#source.length) return fail(`unmatched ), offset ${this.#at}`);
    return root;
  }

  #choices(): Result<Node, string> {
    const choices: Node[] = [];
    for (;;) {
      const sequence = this.#sequence();
      if (!sequence.ok) return sequence;
      choices.push(sequence.value);
      if (this.#source[this.#at] !== '|') return ok(choiceOf(choices));
      this.#at += 1;
    }
  }

  #sequence(): Result<Node, string> {
    const parts: Node[] = [];
    while (this.#at < this.#source.length) {
      const character = this.#source[this.#at];
      if (character === '|' || character === ')') break;
      if (character === '\\' && this.#source[this.#at + 1] === 'Q') {
        const quoted = this.#quoted(parts);
        if (!quoted.ok) return quoted;
        continue;
      }
      const atom = this.#atom();
      if (!atom.ok) return atom;
      if (atom.value === null) continue;
      const repeated = this.#repeats(atom.value);
      if (!repeated.ok) return repeated;
      parts.push(repeated.value);
    }
    return ok(sequenceOf(parts));
  }

  /** One element, or null for what only switches flags. */
  #atom(): Result<Node | null, string> {
    const at = this.#at;
    const character = this.#source[at]!;
    switch (character) {
      case '(':
        return this.#group();
      case '[': {
        const parsed = this.#classes.read(this.#source, at, this.#flags.ignoreCase);
        if (!parsed.ok) return parsed;
        this.#at = parsed.value.end;
        return ok({ kind: 'bytes', set: parsed.value.set });
      }
      case '\\':
        return this.#escape();
      case '*':
      case '+':
      case '?':
        return fail(`nothing to repeat before ${character}, offset ${at}`);
      default:
        this.#at += 1;
        return this.#plain(character.charCodeAt(0), at);
    }
  }

  #plain(code: number, at: number): Result<Node, string> {
    if (code === 0x2e) {
      return ok({ kind: 'bytes', set: this.#flags.dotAll ? ALL_BYTES : complement(LINE_FEED) });
    }
    if (code === 0x5e) return ok({ kind: 'edge', edge: this.#flags.lines ? 'line-start' : 'start' });
    if (code === 0x24) return ok({ kind: 'edge', edge: this.#flags.lines ? 'line-end' : 'end' });
    return this.#literal(code, at);
  }

  #literal(code: number, at: number): Result<Node, string> {
    if (code > 0xff) return fail(`a character beyond a byte, offset ${at}`);
    return ok({ kind: 'bytes', set: this.#byte(code) });
  }

  #byte(code: number): ByteSet {
    return this.#flags.ignoreCase ? FOLDED_BYTES[code]! : SINGLE_BYTES[code]!;
  }

  #escape(): Result<Node | null, string> {
    if (this.#source[this.#at + 1] === 'E') {
      this.#at += 2;
      return ok(null);
    }
    const parsed = parseEscape(this.#source, this.#at, false);
    if (!parsed.ok) return parsed;
    const { value } = parsed;
    this.#at = value.end;
    if (value.kind === 'edge') return ok({ kind: 'edge', edge: value.edge });
    return ok({ kind: 'bytes', set: value.kind === 'set' ? value.set : this.#byte(value.byte) });
  }

  /** `\Q...\E`: every character stands for itself, to the end of the pattern where `\E` is missing. */
  #quoted(parts: Node[]): Result<null, string> {
    const end = this.#source.indexOf('\\E', this.#at);
    const text = this.#source.slice(this.#at + 2, end === -1 ? this.#source.length : end);
    for (const [index, character] of [...text].entries()) {
      const plain = this.#literal(character.charCodeAt(0), this.#at + 2 + index);
      if (!plain.ok) return plain;
      parts.push(plain.value);
    }
    this.#at = end === -1 ? this.#source.length : end + 2;
    const last = parts.pop();
    if (last === undefined) return ok(null);
    const repeated = this.#repeats(last);
    if (!repeated.ok) return repeated;
    parts.push(repeated.value);
    return ok(null);
  }

  #group(): Result<Node | null, string> {
    const at = this.#at;
    const outer = this.#flags;
    const opening = this.#opening();
    if (!opening.ok) return opening;
    if (opening.value === 'flags') return ok(null);
    if (opening.value === 'capture') this.groups += 1;
    const index = this.groups;
    this.#depth += 1;
    if (this.#depth > MAXIMUM_DEPTH) return fail(`groups nested too deeply, offset ${at}`);
    const body = this.#choices();
    if (!body.ok) return body;
    if (this.#source[this.#at] !== ')') return fail(`group without its closing parenthesis, offset ${at}`);
    this.#at += 1;
    this.#depth -= 1;
    this.#flags = outer;
    return ok(opening.value === 'capture' ? { kind: 'group', index, body: body.value } : body.value);
  }

  /** Reads `(`, `(?:`, `(?i:`, `(?P<name>`; `flags` stands for a group of flags or a comment, read to its end. */
  #opening(): Result<'capture' | 'plain' | 'flags', string> {
    const at = this.#at;
    const next = this.#source[at + 1];
    if (next !== '?' && next !== '*') {
      this.#at += 1;
      return ok('capture');
    }
    if (this.#source.startsWith('(?:', at)) {
      this.#at += 3;
      return ok('plain');
    }
    const rest = this.#source.slice(at, at + 64);
    const comment = this.#source.startsWith('(?#', at) ? this.#source.indexOf(')', at) : -1;
    if (comment !== -1) {
      this.#at = comment + 1;
      return ok('flags');
    }
    const named = /^\(\?P?<[A-Za-z_][A-Za-z0-9_]*>/.exec(rest);
    if (named !== null) {
      this.#at += named[0].length;
      return ok('capture');
    }
    const flags = /^\(\?([a-zA-Z]*)(-[a-zA-Z]*)?([:)])/.exec(rest);
    if (flags === null) return fail(`${nameOpening(rest)} is not supported, offset ${at}`);
    const switched = this.#switch(flags[1]!, true, at) ?? this.#switch((flags[2] ?? '').slice(1), false, at);
    if (switched !== null) return fail(switched);
    this.#at += flags[0].length;
    return ok(flags[3] === ':' ? 'plain' : 'flags');
  }

  #switch(letters: string, on: boolean, at: number): string | null {
    for (const letter of letters) {
      if (letter === 'i') this.#flags = { ...this.#flags, ignoreCase: on };
      else if (letter === 'm') this.#flags = { ...this.#flags, lines: on };
      else if (letter === 's') this.#flags = { ...this.#flags, dotAll: on };
      else return `the flag ${letter} is not supported, offset ${at}`;
    }
    return null;
  }

  #repeats(atom: Node): Result<Node, string> {
    const at = this.#at;
    const counts = this.#counts();
    if (counts === null) return ok(atom);
    const [least, most] = counts;
    if (most < least) return fail(`count out of order, offset ${at}`);
    if (least > MAXIMUM_COUNT || (most > MAXIMUM_COUNT && most !== Number.POSITIVE_INFINITY)) {
      return fail(`a count above ${MAXIMUM_COUNT}, offset ${at}`);
    }
    const suffix = this.#source[this.#at];
    if (suffix === '+') return fail(`possessive repeat is not supported, offset ${at}`);
    if (suffix === '?') this.#at += 1;
    const after = this.#at;
    if (this.#source[after] === '*' || this.#source[after] === '?' || this.#counts() !== null) {
      return fail(`a repeat of a repeat, offset ${after}`);
    }
    return ok({ kind: 'repeat', body: atom, least, most, greedy: suffix !== '?' });
  }

  /** Reads `*`, `+`, `?` or `{n,m}`; a brace that begins no count is an ordinary character. */
  #counts(): readonly [number, number] | null {
    const simple = SIMPLE_COUNTS.get(this.#source[this.#at] ?? '');
    if (simple !== undefined) {
      this.#at += 1;
      return simple;
    }
    if (this.#source[this.#at] !== '{') return null;
    const braced = /^\{(\d{1,9})(,?)(\d{0,9})\}/.exec(this.#source.slice(this.#at, this.#at + 22));
    if (braced === null || (braced[2] === '' && braced[3] !== '')) return null;
    this.#at += braced[0].length;
    const least = Number(braced[1]);
    if (braced[2] === '') return [least, least];
    return [least, braced[3] === '' ? Number.POSITIVE_INFINITY : Number(braced[3])];
  }
}

const SIMPLE_COUNTS: ReadonlyMap<string, readonly [number, number]> = new Map([
  ['*', [0, Number.POSITIVE_INFINITY]],
  ['+', [1, Number.POSITIVE_INFINITY]],
  ['?', [0, 1]],
]);

function nameOpening(text: string): string {
  if (/^\(\?<?[=!]/.test(text)) return `look-around ${/^\(\?<?[=!]/.exec(text)?.[0] ?? ''}`;
  if (text.startsWith('(?>')) return 'atomic group (?>';
  if (text.startsWith('(?(')) return 'condition (?(';
  if (text.startsWith('(*')) return 'verb (*';
  return `group ${text.slice(0, 3)}`;
}

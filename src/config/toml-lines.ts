/**
 * In which line a key stands, for messages about a file that parsed but is wrong.
 *
 * The parser keeps no positions, so the text is walked once more: statement by statement, stepping over strings,
 * lists and inline tables. Only text that the parser accepted comes here, so this walk checks nothing. It is
 * linear in the text, nests no deeper than the parser allows, and keeps lines for the wanted paths only.
 */
import { entryPath, joinPath, parentOf } from './key-path.ts';
import { isTomlTable, parseTomlText } from './toml-document.ts';

/** Longer paths are cut: no key lies that deep, and building them for each line would cost the square of the text. */
const PATH_NAMES_MAX = 8;

/** The line, counted from 1, of each path; where a path itself is not written, of its nearest ancestor. */
export function locateLines(text: string, paths: readonly string[]): ReadonlyMap<string, number> {
  const wanted = new Set<string>();
  for (const path of paths) {
    for (let at: string | null = path; at !== null; at = parentOf(at)) {
      wanted.add(at);
    }
  }
  const written = new LineWalk(text, wanted).walk();
  const located = new Map<string, number>();
  for (const path of paths) {
    let at: string | null = path;
    while (at !== null && !written.has(at)) {
      at = parentOf(at);
    }
    const line = at === null ? undefined : written.get(at);
    if (line !== undefined) {
      located.set(path, line);
    }
  }
  return located;
}

class LineWalk {
  readonly #text: string;
  readonly #wanted: ReadonlySet<string>;
  readonly #lines = new Map<string, number>();
  /** Tables seen of each list of tables. */
  readonly #tables = new Map<string, number>();
  #position = 0;
  /** Newlines are counted up to `#countedTo`, which only grows. */
  #countedTo = 0;
  #line = 1;

  constructor(text: string, wanted: ReadonlySet<string>) {
    this.#text = text;
    this.#wanted = wanted;
  }

  walk(): ReadonlyMap<string, number> {
    let table = '';
    this.#skipBlank();
    while (this.#position < this.#text.length) {
      if (this.#peek() === '[') {
        table = this.#header();
      } else {
        this.#assignment(table);
      }
      this.#skipBlank();
    }
    return this.#lines;
  }

  /** `[a.b]` or `[[a.b]]`; returns the path. */
  #header(): string {
    const start = this.#position;
    const brackets = this.#text.startsWith('[[', start) ? 2 : 1;
    this.#position += brackets;
    const path = this.#names('', ']', start);
    this.#position += brackets;
    if (brackets === 1) return path;
    // A list of tables: each header begins the next one.
    const index = this.#tables.get(path) ?? 0;
    this.#tables.set(path, index + 1);
    const entry = entryPath(path, index);
    this.#record(entry, start);
    return entry;
  }

  /** `a.b = value` */
  #assignment(table: string): void {
    const path = this.#names(table, '=', this.#position);
    this.#position++;
    this.#value(path);
  }

  /** Reads dotted names up to `stop`, records every path on the way and returns the last. */
  #names(parent: string, stop: string, start: number): string {
    const from = this.#position;
    while (this.#position < this.#text.length && this.#peek() !== stop) {
      if (this.#peek() === '"' || this.#peek() === "'") {
        this.#skipString();
      } else {
        this.#position++;
      }
    }
    let path = parent;
    for (const name of toNames(this.#text.slice(from, this.#position))) {
      path = joinPath(this.#currentTable(path), name);
      this.#record(path, start);
    }
    return path;
  }

  /** Of a list of tables the last one so far, which is what a header means with its name; any other path as it is. */
  #currentTable(path: string): string {
    const tables = this.#tables.get(path);
    return tables === undefined ? path : entryPath(path, tables - 1);
  }

  #value(path: string): void {
    this.#skipBlank();
    switch (this.#peek()) {
      case '"':
      case "'":
        this.#skipString();
        return;
      case '[':
        this.#list(path);
        return;
      case '{':
        this.#inlineTable(path);
        return;
      default:
        while (this.#position < this.#text.length && !',]}#\n'.includes(this.#peek())) {
          this.#position++;
        }
    }
  }

  #list(path: string): void {
    let index = 0;
    for (this.#step(); this.#peek() !== ']' && this.#position < this.#text.length; this.#skipBlank()) {
      if (this.#peek() === ',') {
        index++;
        this.#position++;
      } else {
        const entry = entryPath(path, index);
        this.#record(entry, this.#position);
        this.#value(entry);
      }
    }
    this.#position++;
  }

  #inlineTable(path: string): void {
    for (this.#step(); this.#peek() !== '}' && this.#position < this.#text.length; this.#skipBlank()) {
      if (this.#peek() === ',') {
        this.#position++;
      } else {
        this.#assignment(path);
      }
    }
    this.#position++;
  }

  #skipString(): void {
    const mark = this.#peek();
    const triple = this.#text.startsWith(mark.repeat(3), this.#position);
    const close = triple ? mark.repeat(3) : mark;
    this.#position += close.length;
    while (this.#position < this.#text.length && !this.#text.startsWith(close, this.#position)) {
      this.#position += mark === '"' && this.#peek() === '\\' ? 2 : 1;
    }
    this.#position += close.length;
    // A long string may end in up to two marks of its own before the closing ones.
    while (triple && this.#peek() === mark) {
      this.#position++;
    }
  }

  /** Steps over the bracket that opens, and what is blank behind it. */
  #step(): void {
    this.#position++;
    this.#skipBlank();
  }

  /** White space, line ends and comments. */
  #skipBlank(): void {
    while (this.#position < this.#text.length) {
      if (this.#peek() === '#') {
        const end = this.#text.indexOf('\n', this.#position);
        this.#position = end < 0 ? this.#text.length : end;
      } else if (' \t\r\n'.includes(this.#peek())) {
        this.#position++;
      } else {
        return;
      }
    }
  }

  /** The character at the position; empty at the end. */
  #peek(): string {
    return this.#text.charAt(this.#position);
  }

  #record(path: string, position: number): void {
    if (!this.#wanted.has(path) || this.#lines.has(path)) return;
    for (; this.#countedTo < position; this.#countedTo++) {
      if (this.#text.charCodeAt(this.#countedTo) === 0x0a) {
        this.#line++;
      }
    }
    this.#lines.set(path, this.#line);
  }
}

/** `a."b c".d` as names; quoted ones are left to the parser, which knows their escapes. */
function toNames(dotted: string): readonly string[] {
  if (!/["']/.test(dotted)) return dotted.split('.', PATH_NAMES_MAX).map((name) => name.trim());
  const names: string[] = [];
  const parsed = parseTomlText(`${dotted}=0`);
  let table: unknown = parsed.ok ? parsed.value.root : null;
  while (isTomlTable(table) && names.length < PATH_NAMES_MAX) {
    const [name = ''] = Object.keys(table);
    names.push(name);
    table = table[name];
  }
  return names;
}

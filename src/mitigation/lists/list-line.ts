/** Where the entry stands in a line, by the format of the list. */

export type ListFormat = 'plain' | 'csv' | 'ipset';

/** A part of a text, written by `findEntry`. */
export interface Span {
  start: number;
  end: number;
}

const TAB = 0x09;
const RETURN = 0x0d;
const SPACE = 0x20;
const QUOTE = 0x22;
const HASH = 0x23;
const COMMA = 0x2c;
const SEMICOLON = 0x3b;

/**
 * Finds the entry of the line from `start` to `end` and writes its place to `span`. `none`: the line is empty, a
 * comment, or a command without an entry. `unreadable`: the line has something else than one entry.
 */
export function findEntry(
  text: string,
  start: number,
  end: number,
  format: ListFormat,
  span: Span,
): 'entry' | 'none' | 'unreadable' {
  span.start = start;
  span.end = end;
  trim(text, span);
  if (span.start === span.end || isComment(text.charCodeAt(span.start))) return 'none';
  if (format === 'ipset') return findAdded(text, span);
  cut(text, span, format === 'csv' ? COMMA : HASH, format === 'csv' ? COMMA : SEMICOLON);
  if (format === 'csv') unquote(text, span);
  return span.start < span.end ? 'entry' : 'unreadable';
}

/** `add NAME ENTRY OPTION…`; an entry that takes addresses out again cannot be told by a prefix set. */
function findAdded(text: string, span: Span): 'entry' | 'none' | 'unreadable' {
  const { start, end } = span;
  const command = text.slice(start, wordEnd(text, start, end));
  if (command !== 'add') return command === 'create' || command === 'COMMIT' ? 'none' : 'unreadable';
  const entry = nextWord(text, nextWord(text, start, end), end);
  if (entry === end) return 'unreadable';
  span.start = entry;
  span.end = wordEnd(text, entry, end);
  for (let option = nextWord(text, entry, end); option < end; option = nextWord(text, option, end)) {
    if (text.startsWith('nomatch', option)) return 'unreadable';
  }
  return 'entry';
}

/** Where the word at `at` ends. */
function wordEnd(text: string, at: number, end: number): number {
  let behind = at;
  while (behind < end && !isBlank(text.charCodeAt(behind))) behind++;
  return behind;
}

/** The word behind the one at `at`, or `end`. */
function nextWord(text: string, at: number, end: number): number {
  let next = wordEnd(text, at, end);
  while (next < end && isBlank(text.charCodeAt(next))) next++;
  return next;
}

/** Ends the span in front of the first of two characters. */
function cut(text: string, span: Span, one: number, other: number): void {
  for (let at = span.start; at < span.end; at++) {
    const code = text.charCodeAt(at);
    if (code !== one && code !== other) continue;
    span.end = at;
    trim(text, span);
    return;
  }
}

function unquote(text: string, span: Span): void {
  const quoted = span.end - span.start >= 2 && text.charCodeAt(span.start) === QUOTE;
  if (!quoted || text.charCodeAt(span.end - 1) !== QUOTE) return;
  span.start++;
  span.end--;
}

function trim(text: string, span: Span): void {
  while (span.start < span.end && isBlank(text.charCodeAt(span.start))) span.start++;
  while (span.start < span.end && isBlank(text.charCodeAt(span.end - 1))) span.end--;
}

function isBlank(code: number): boolean {
  return code === SPACE || code === TAB || code === RETURN;
}

function isComment(code: number): boolean {
  return code === HASH || code === SEMICOLON;
}

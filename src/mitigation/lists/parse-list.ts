/**
 * Reads the text of a list, line by line, and compiles it to a prefix set in shared memory.
 *
 * A line that cannot be read refuses the list with its number, or is left out and counted where that is wished: a
 * deny list of which half is silently missing protects half. Linear in the text; bounded by the number of entries.
 */
import { compilePrefixKeys, PREFIXES_MAX, type PrefixSetMemory } from '../../core/prefix-set.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { EntryReader } from './entry-reader.ts';
import { findEntry, type ListFormat } from './list-line.ts';

export interface ListRules {
  readonly format: ListFormat;
  readonly entriesMax: number;
  /** Leave out what cannot be read instead of refusing the list. */
  readonly skipInvalid: boolean;
}

export interface ParsedList {
  readonly memory: PrefixSetMemory;
  /** Different prefixes. */
  readonly entries: number;
  /** Lines that were left out. */
  readonly skipped: number;
  /** The number of the first of them, 0 where there is none. */
  readonly firstSkipped: number;
}

/** Characters of an unreadable line that a fault shows. */
const SHOWN_MAX = 64;

/** Compiles a list; the fault is a sentence with the number of the line. */
export function parseList(text: string, rules: ListRules): Result<ParsedList, string> {
  const entriesMax = Math.min(rules.entriesMax, PREFIXES_MAX);
  const reader = new EntryReader();
  const span = { start: 0, end: 0 };
  let titles = rules.format === 'csv';
  let skipped = 0;
  let firstSkipped = 0;
  let number = 0;
  for (let at = 0; at < text.length; ) {
    const feed = text.indexOf('\n', at);
    const end = feed === -1 ? text.length : feed;
    number++;
    const found = findEntry(text, at, end, rules.format, span);
    if (found !== 'none') {
      if (found === 'unreadable' || !reader.read(text, span.start, span.end)) {
        // Only the first line of a table can hold its titles.
        if (!titles && !rules.skipInvalid) return fail(`line ${number}: ${show(text, at, end)}`);
        if (!titles && skipped++ === 0) firstSkipped = number;
      } else if (reader.count > entriesMax) {
        return fail(`line ${number}: more than ${entriesMax} entries`);
      }
      titles = false;
    }
    at = end + 1;
  }
  const memory = compilePrefixKeys(reader.ipv4, reader.ipv6);
  return ok({ memory, entries: memory.ipv4.count + memory.ipv6.count, skipped, firstSkipped });
}

function show(text: string, start: number, end: number): string {
  const line = text.slice(start, Math.min(end, start + SHOWN_MAX)).trim();
  return `${JSON.stringify(line)} is no address or prefix`;
}

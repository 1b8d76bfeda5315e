/**
 * Builds a table of countries or networks from lines of "first address,last address,value" in ascending order, one
 * file for each family. Runs in the loader thread. A line that does not fit refuses the table: out of order, every
 * answer behind it would be wrong.
 */

import { GEO_UNKNOWN, packCountry } from '../../core/geo-table.ts';
import { createAddressWords, parseAddressPartInto } from '../../core/ip.ts';
import { RangeTableBuilder } from '../../core/range-table.ts';
import { readListFile } from './list-file.ts';
import type { FailedOutcome, GeoJob, GeoOutcome } from './load-job.ts';

const FILE_BYTES_MAX = 268_435_456;
const AS_NUMBER_MAX = 0xffff_ffff;
const AS_DIGITS_MAX = 10;
const ZERO = 0x30;
const COMMA = 0x2c;
const QUOTE = 0x22;
const RETURN = 0x0d;

export async function loadGeo({ table, paths }: GeoJob): Promise<GeoOutcome | FailedOutcome> {
  const builder = new RangeTableBuilder();
  const readValue = table === 'country' ? readCountry : readAsNumber;
  for (const path of paths) {
    const file = await readListFile(path, FILE_BYTES_MAX, null);
    if (!file.ok) return { kind: 'failed', message: file.fault };
    const line = addRanges(file.value.text ?? '', readValue, builder);
    if (line !== 0) return { kind: 'failed', message: `${path} line ${line} is no range, or out of order` };
  }
  const memory = builder.build();
  return { kind: 'geo', memory, rows: memory.ipv4.count + memory.ipv6.count };
}

/** Adds every line; the number of the first that does not fit, or 0. */
function addRanges(
  text: string,
  readValue: (text: string, start: number, end: number) => number,
  builder: RangeTableBuilder,
): number {
  const first = createAddressWords();
  const last = createAddressWords();
  let number = 0;
  for (let at = 0; at < text.length; ) {
    const feed = text.indexOf('\n', at);
    let end = feed === -1 ? text.length : feed;
    const next = end + 1;
    if (end > at && text.charCodeAt(end - 1) === RETURN) end--;
    number++;
    if (end > at) {
      const middle = fieldEnd(text, at, end);
      const behind = fieldEnd(text, middle + 1, end);
      const readable =
        behind < end &&
        parseAddressPartInto(text, at, middle, first) &&
        parseAddressPartInto(text, middle + 1, behind, last);
      if (!readable) return number;
      const value = readValue(text, behind + 1, fieldEnd(text, behind + 1, end));
      if (value < 0 || !builder.add(first, last, value)) return number;
    }
    at = next;
  }
  return 0;
}

/** Where the field at `at` ends: at a comma, or at the end of the line. */
function fieldEnd(text: string, at: number, end: number): number {
  let comma = at;
  while (comma < end && text.charCodeAt(comma) !== COMMA) comma++;
  return comma;
}

/** An empty field, or ZZ, which stands for no country, is a range of which nothing is known. */
function readCountry(text: string, start: number, end: number): number {
  const quoted = end - start === 4 && text.charCodeAt(start) === QUOTE;
  const code = quoted ? text.slice(start + 1, end - 1) : text.slice(start, end);
  if (code === '' || code === '-' || code === 'ZZ') return GEO_UNKNOWN;
  const country = packCountry(code);
  return country === GEO_UNKNOWN ? -1 : country;
}

function readAsNumber(text: string, start: number, end: number): number {
  if (end - start > AS_DIGITS_MAX) return -1;
  let number = 0;
  for (let at = start; at < end; at++) {
    const digit = text.charCodeAt(at) - ZERO;
    if (digit < 0 || digit > 9) return -1;
    number = number * 10 + digit;
  }
  return number <= AS_NUMBER_MAX ? number : -1;
}

/**
 * What must hold for the texts by which policy is looked up, as functions that throw where it does not:
 *
 *   lists    hold exactly what a reading line by line, told once more in another way, finds in them
 *   sites    are found by the normal form of host and path alone, and by no spelling that origins read otherwise
 *   limits   count all spellings of a request together, whatever was counted before
 */
import assert from 'node:assert/strict';
import { formatPrefix, parsePrefix } from '../../src/core/ip.ts';
import { isWithin, plainPath } from '../../src/core/plain-path.ts';
import { PrefixSet } from '../../src/core/prefix-set.ts';
import { isAuthority } from '../../src/http/authority.ts';
import { coarsePath } from '../../src/mitigation/limits/coarse-path.ts';
import type { ListFormat } from '../../src/mitigation/lists/list-line.ts';
import { parseList } from '../../src/mitigation/lists/parse-list.ts';
import { nameFound, tableOf, type WrittenSite } from '../../src/mitigation/sites/testing/site-places.ts';

const ENTRIES_MAX = 50;
/** A fault shows a part of one line. */
const FAULT_LENGTH_MAX = 500;

/** The entry of a line, `null` for none, or '' where there is no telling. */
const ENTRY_OF: Readonly<Record<ListFormat, (line: string) => string | null>> = {
  plain: (line) => (/^(?:[#;]|$)/.test(line) ? null : trim(line.split(/[#;]/)[0]!)),
  csv: (line) => {
    if (/^(?:[#;]|$)/.test(line)) return null;
    const cell = trim(line.split(',')[0]!);
    return /^".*"$/s.test(cell) && cell.length > 1 ? cell.slice(1, -1) : cell;
  },
  ipset: (line) => {
    if (/^(?:[#;]|$|create(?:[ \t\r]|$)|COMMIT(?:[ \t\r]|$))/.test(line)) return null;
    const [command, , entry = '', ...options] = line.split(/[ \t\r]+/);
    return command !== 'add' || options.some((option) => option.startsWith('nomatch')) ? '' : entry;
  },
};

function trim(text: string): string {
  return text.replace(/^[ \t\r]+|[ \t\r]+$/g, '');
}

export function checkList(text: string, format: ListFormat): void {
  const strict = parseList(text, { format, entriesMax: ENTRIES_MAX, skipInvalid: false });
  const lenient = parseList(text, { format, entriesMax: ENTRIES_MAX, skipInvalid: true });
  const expected = readByLine(text, format);
  for (const list of [strict, lenient]) {
    if (!list.ok) assert.ok(list.fault.length <= FAULT_LENGTH_MAX && !/[\n\r]/.test(list.fault));
  }
  assert.equal(lenient.ok, expected.prefixes.length <= ENTRIES_MAX);
  if (strict.ok) assert.deepEqual(strict, lenient);
  if (!lenient.ok) return;
  assert.equal(strict.ok, expected.unreadable.length === 0);
  const { entries, skipped, firstSkipped, memory } = lenient.value;
  assert.deepEqual(
    { entries, skipped, firstSkipped },
    {
      entries: new Set(expected.prefixes).size,
      skipped: expected.unreadable.length,
      firstSkipped: expected.unreadable[0] ?? 0,
    },
  );
  const set = new PrefixSet(memory);
  for (const prefix of expected.prefixes) {
    const parsed = parsePrefix(prefix);
    assert.ok(parsed.ok && set.longestLength(parsed.value.words) >= 0, prefix);
  }
}

/** The prefixes in their canonical form, and the numbers of the lines that are none. */
function readByLine(text: string, format: ListFormat): { prefixes: string[]; unreadable: number[] } {
  const prefixes: string[] = [];
  const unreadable: number[] = [];
  let titles = format === 'csv';
  for (const [index, line] of text.split('\n').entries()) {
    const entry = ENTRY_OF[format](trim(line));
    if (entry === null) continue;
    const prefix = parsePrefix(entry);
    if (prefix.ok && !entry.endsWith('/0')) prefixes.push(formatPrefix(prefix.value));
    else if (!titles) unreadable.push(index + 1);
    titles = false;
  }
  return { prefixes, unreadable };
}

export const SITES: readonly WrittenSite[] = [
  { name: 'any', hosts: [], path: '/' },
  { name: 'any-status', hosts: [], path: '/status' },
  { name: 'shop', hosts: ['shop.test', '[2001:db8::1]', '192.0.2.1'], path: '/' },
  { name: 'shop-api', hosts: ['shop.test'], path: '/api' },
  { name: 'shop-api-v2', hosts: ['shop.test'], path: '/api/v2' },
  { name: 'wild', hosts: ['*.shop.test'], path: '/' },
  { name: 'wild-deep', hosts: ['*.deep.shop.test'], path: '/api' },
];
const TABLE = tableOf(SITES);
/** The same in another order. */
const REVERSED = tableOf(SITES.toReversed());

/** Looks a request up that has `host` and the target `text`. */
export function checkSite(authority: string, text: string): void {
  const target = text === '*' ? text : `/${text}`;
  const found = nameFound(TABLE, authority, target);
  assert.equal(nameFound(REVERSED, authority, target), found, 'whatever the order of the sites');
  if (!isAuthority(authority) && authority !== '') return;
  for (const spelled of [authority.toUpperCase(), authority.toLowerCase()]) {
    assert.equal(nameFound(TABLE, spelled, target), found, spelled);
  }
  if (found === '(ambiguous_path)') {
    assert.equal(plainPath(target), null, 'a path in one form is not ambiguous');
    return;
  }
  const host = hostOf(authority);
  for (const reading of target === '*' ? ['/'] : readingsOf(target)) {
    const plain = plainPath(reading);
    if (plain !== null) assert.equal(expectedSite(host, plain), found, `as ${reading}`);
  }
}

/** Without port, case and final dot. */
function hostOf(authority: string): string {
  const [, bracketed, name = ''] = /^(?:\[(.*)\]|([^:]*))(?::\d*)?$/s.exec(authority) ?? [];
  if (bracketed === undefined) return name.replace(/\.$/, '').toLowerCase();
  const address = parsePrefix(bracketed);
  return address.ok ? formatPrefix(address.value).replace(/\/\d+$/, '') : '';
}

function expectedSite(host: string, plain: string): string {
  const fitting = SITES.filter((site) => rankOf(site, host) >= 0 && isWithin(plain, site.path));
  fitting.sort(
    (one, other) => rankOf(other, host) - rankOf(one, host) || other.path.length - one.path.length,
  );
  return fitting[0]?.name ?? '(unknown_site)';
}

function rankOf({ hosts }: WrittenSite, host: string): number {
  if (hosts.length === 0) return 0;
  const ranks = hosts.map((pattern) => {
    if (pattern.replace(/[[\]]/g, '') === host) return Number.MAX_SAFE_INTEGER;
    return pattern.startsWith('*.') && host.endsWith(pattern.slice(1)) ? pattern.length : -1;
  });
  return Math.max(...ranks);
}

/** Paths that some origin may read in a target: decoded up to twice, by either slash, with or without parameters. */
function readingsOf(target: string): readonly string[] {
  const path = target.replace(/\?.*/s, '');
  return [path, decode(path), decode(decode(path))]
    .flatMap((one) => [one, one.replaceAll('\\', '/')])
    .flatMap((one) => [one, one.replace(/;[^/]*/g, '')])
    .flatMap((one) => [one, one.replace(/\/+/g, '/')])
    .map((one) => one.replace(/\?.*/s, ''));
}

function decode(text: string): string {
  return text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

/** A path in its one form and another spelling of it. */
export function checkSpelling(plain: string, spelled: string): void {
  assert.equal(coarsePath(spelled), plain);
  assert.equal(coarsePath(`${spelled}?a=/b/../c`), plain);
}

/** Whatever the target: one form, which begins with a slash and has no steps in it. */
export function checkCoarse(text: string): void {
  const coarse = coarsePath(`/${text}`);
  assert.ok(coarse.startsWith('/'));
  assert.ok(coarse === '/' || !coarse.endsWith('/'), coarse);
  assert.doesNotMatch(coarse, /\/\/|\/\.{1,2}(?:\/|$)|[A-Z\\;]/);
}

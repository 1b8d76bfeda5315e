/** Public lists of injections and of texts that are none, for tests: read where SECBEAT_SHARED says. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { findShared, skipWithout } from '../../../../tests/support/shared-data.ts';

const VECTORS = findShared('data/libinjection-vectors/data') ?? '';
const TRAFFIC = findShared('data/traffic') ?? '';

/** Why the tests that need them are skipped; false where they are there. */
export const vectorsMissing: string | false = skipWithout('data/libinjection-vectors');
export const trafficMissing: string | false = skipWithout('data/traffic');

/** By name of the file: its lines, decoded. */
export function readInjections(): ReadonlyMap<string, readonly string[]> {
  const names = readdirSync(VECTORS).filter((name) => name.startsWith('sqli-'));
  return new Map(names.map((name) => [name, readLines(name)]));
}

export function readHonest(): readonly string[] {
  return readLines('false_positives.txt');
}

function readLines(name: string): string[] {
  const lines = readFileSync(join(VECTORS, name), 'latin1').split(/\r?\n/);
  return lines.filter((line) => line !== '' && !line.startsWith('#')).map((line) => decodeForm(line));
}

/** The decoded payloads of one category of attacks; each is sent as a query and as a form. */
export function readPayloads(category: string): readonly string[] {
  const payloads: string[] = [];
  for (const row of readRows('malicious.jsonl.gz')) {
    if (row.category !== category) continue;
    const pair = row.data === '' ? row.url.slice(row.url.indexOf('?') + 1) : row.data;
    payloads.push(decodeForm(pair.slice(pair.indexOf('=') + 1)));
  }
  return payloads;
}

/** The decoded names and values of the queries, forms and cookies of honest requests, each once. */
export function readHonestValues(): ReadonlySet<string> {
  const values = new Set<string>();
  for (const row of readRows('legitimate.jsonl.gz')) {
    const query = row.url.indexOf('?');
    const parts = query === -1 ? [] : row.url.slice(query + 1).split('&');
    for (const [name, field] of Object.entries(row.headers)) {
      if (field.includes('x-www-form-urlencoded')) parts.push(...row.data.split('&'));
      parts.push(...(name.toLowerCase() === 'cookie' ? field.split(';') : [field]));
    }
    for (const part of parts) addPair(values, Buffer.from(part).toString('latin1'));
  }
  return values;
}

function addPair(values: Set<string>, pair: string): void {
  const equals = pair.indexOf('=');
  for (const text of equals === -1 ? [pair] : [pair.slice(0, equals), pair.slice(equals + 1)]) {
    const once = decodeForm(text);
    values.add(once);
    values.add(decodePercent(once));
  }
}

interface Row {
  readonly url: string;
  readonly data: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly category?: string;
}

function readRows(name: string): readonly Row[] {
  const lines = gunzipSync(readFileSync(join(TRAFFIC, name)))
    .toString('utf8')
    .split('\n');
  return lines.filter((line) => line !== '').map((line): Row => JSON.parse(line));
}

/** As in queries and forms; what is broken stays as it is. */
function decodeForm(text: string): string {
  return decodePercent(text.replaceAll('+', ' '));
}

function decodePercent(text: string): string {
  return text.replace(/%([0-9a-f]{2})/gi, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  );
}

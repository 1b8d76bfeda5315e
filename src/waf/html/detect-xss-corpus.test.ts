/**
 * Rates on collections of attacks and on recorded traffic, which are no part of the project; printed for the record.
 *
 * Attacks are told apart into two halves by a hash: rules are made while looking at the misses of the first one only,
 * so that the second shows what they are worth on payloads that nobody has looked at.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { findShared, skipWithout } from '../../../tests/support/shared-data.ts';
import { detectXss, findXss } from './detect-xss.ts';

const TIMEOUT_MS = 300_000;
/** From this score on a finding blocks by itself. */
const PROOF = 5;

const vectors = findShared('data/libinjection-vectors/data');
const traffic = findShared('data/traffic');

interface Recorded {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly data?: unknown;
  readonly category?: string;
}

describe('collections of attack lines', { skip: skipWithout('data/libinjection-vectors') }, () => {
  it('matches at least 98 of 100 lines', (context) => {
    const lines = linesOf((name) => name.includes('xss'));
    const found = lines.filter((line) => detectXss(line) !== null).length;
    const proved = lines.filter((line) => scoreOf(line) === PROOF).length;
    context.diagnostic(
      `${lines.length} lines: ${percent(found, lines)} matched, ${percent(proved, lines)} proved`,
    );
    assert.ok(found >= lines.length * 0.98);
  });

  it('matches none of the lines known for false alarms', () => {
    const lines = linesOf((name) => name === 'false_positives.txt');
    assert.ok(lines.length > 0);
    assert.deepEqual(
      lines.filter((line) => detectXss(line) !== null || scoreOf(line) > 0),
      [],
    );
  });
});

describe('recorded traffic', { skip: skipWithout('data/traffic'), timeout: TIMEOUT_MS }, () => {
  it('proves at least 99 of 100 payloads, in the half that was looked at and in the other', (context) => {
    const halves: [Set<string>, Set<string>] = [new Set(), new Set()];
    for (const request of requests('malicious')) {
      if (request.category !== 'xss' || !request.url.includes('?')) continue;
      const payload = decode(request.url.slice(request.url.indexOf('=') + 1), true);
      const half = createHash('sha256').update(payload, 'latin1').digest()[0]! & 1;
      halves[half === 0 ? 0 : 1].add(payload);
    }
    for (const [half, payloads] of halves.entries()) {
      const proved = [...payloads].filter((payload) => scoreOf(payload) === PROOF).length;
      context.diagnostic(
        `half ${half}: ${percent(proved, [...payloads])} of ${payloads.size} payloads proved`,
      );
      assert.ok(proved >= payloads.size * 0.99);
    }
  });

  it('proves nothing in any value of honest requests', (context) => {
    const seen = new Set<string>();
    const scores = [0, 0, 0, 0, 0, 0];
    for (const request of requests('legitimate')) {
      for (const value of valuesOf(request)) {
        if (seen.has(value)) continue;
        seen.add(value);
        scores[scoreOf(value)]! += 1;
      }
    }
    context.diagnostic(`${seen.size} values, by score from 0 to 5: ${scores.join(', ')}`);
    assert.equal(scores[PROOF], 0);
  });
});

function scoreOf(text: string): number {
  return findXss(text)[0]?.score ?? 0;
}

function percent(part: number, whole: readonly unknown[]): string {
  return `${((100 * part) / whole.length).toFixed(2)} %`;
}

function linesOf(isWanted: (name: string) => boolean): readonly string[] {
  const names = readdirSync(vectors!).filter((name) => name.endsWith('.txt') && isWanted(name));
  return names
    .flatMap((name) => readFileSync(join(vectors!, name), 'latin1').split(/\r?\n/))
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => decode(line, true));
}

function* requests(name: string): Generator<Recorded> {
  const text = gunzipSync(readFileSync(join(traffic!, `${name}.jsonl.gz`))).toString('utf8');
  for (const line of text.split('\n')) {
    if (line !== '') yield JSON.parse(line) as Recorded;
  }
}

/** Everything in a request that a rule may see, decoded up to three times. */
function* valuesOf(request: Recorded): Generator<string> {
  const [path = '', query = ''] = toBytes(request.url).split(/\?(.*)/s);
  yield* readingsOf(path, false);
  yield* pairsOf(query, '&');
  for (const [name, value] of Object.entries(request.headers)) {
    yield* readingsOf(toBytes(value), false);
    if (name.toLowerCase() === 'cookie') yield* pairsOf(toBytes(value), ';');
  }
  if (typeof request.data !== 'string' || request.data === '') return;
  const body = toBytes(request.data);
  yield* readingsOf(body, false);
  if (!/^[{[<]/.test(body)) yield* pairsOf(body, '&');
}

function* pairsOf(text: string, separator: string): Generator<string> {
  for (const pair of text.split(separator)) {
    const [name = '', value = ''] = pair.split(/=(.*)/s);
    yield* readingsOf(name, true);
    yield* readingsOf(value, true);
  }
}

/** A text as received, without one to three layers of percent encoding, and the strings of a document in JSON. */
function* readingsOf(text: string, plusIsSpace: boolean): Generator<string> {
  let last = text;
  yield last;
  for (let layer = 0; layer < 3; layer += 1) {
    const next = decode(last, plusIsSpace && layer === 0);
    if (next === last) break;
    last = next;
    yield last;
  }
  if (!/^[{["]/.test(last)) return;
  try {
    yield* leavesOf(JSON.parse(Buffer.from(last, 'latin1').toString('utf8')));
  } catch {
    // No JSON after all.
  }
}

function* leavesOf(value: unknown): Generator<string> {
  if (typeof value === 'string') yield* readingsOf(toBytes(value), false);
  else if (typeof value === 'object' && value !== null) {
    for (const [name, member] of Object.entries(value)) {
      yield toBytes(name);
      yield* leavesOf(member);
    }
  }
}

function toBytes(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

function decode(text: string, plusIsSpace: boolean): string {
  const spaced = plusIsSpace ? text.replaceAll('+', ' ') : text;
  return spaced.replace(/%([0-9a-f]{2})/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

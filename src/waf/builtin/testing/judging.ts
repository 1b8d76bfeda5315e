/** For tests: what the built-in rules say about a request made of a few texts. */
import assert from 'node:assert/strict';
import { ManualClock } from '../../../core/clock.ts';
import type { RuleMatch } from '../../../core/verdict.ts';
import { readRequestBody } from '../../bodies/request-body.ts';
import type { RequestBody, RequestView } from '../../inspection.ts';
import { ALL_FAMILIES, type BuiltinOptions, type BuiltinRules, createBuiltin } from '../builtin-rules.ts';

export type HeaderPair = readonly [name: string, value: string];

export const OPTIONS: BuiltinOptions = {
  families: ALL_FAMILIES,
  inspected: { url: true, headers: true, body: true },
  customPatterns: [],
  exceptions: [],
  threshold: 5,
  budgetMs: 20,
  onOverrun: 'refuse',
  // Time stands still: tests of the budget bring a clock of their own.
  clock: new ManualClock(),
};

export interface Judgement {
  readonly score: number;
  readonly matches: readonly RuleMatch[];
}

export function builtinOf(options: Partial<BuiltinOptions> = {}): BuiltinRules {
  const created = createBuiltin({ ...OPTIONS, ...options });
  assert.ok(created.ok);
  return created.value;
}

export function requestOf(target: string, headers: readonly HeaderPair[] = []): RequestView {
  return {
    method: 'GET',
    target,
    protocol: 'HTTP/1.1',
    id: 'test',
    clientAddress: '192.0.2.1',
    clientPort: 50_000,
    fingerprint: '',
    serverAddress: '192.0.2.2',
    serverPort: 443,
    headerCount: headers.length,
    headerName: (index) => headers[index]?.[0] ?? '',
    headerValue: (index) => headers[index]?.[1] ?? '',
    header: (name) => headers.find(([known]) => known === name)?.[1] ?? null,
  };
}

/** @param text bytes as latin-1 text */
export function bodyOf(text: string, contentType: string | null, complete = true): RequestBody {
  const limits = {
    argumentsMax: 1000,
    depthMax: 64,
    partsMax: 64,
    partHeaderBytesMax: 8192,
    fileBytesKept: 0,
  };
  return readRequestBody(Buffer.from(text, 'latin1'), complete, contentType, null, limits, 1 << 20);
}

export function judgeHead(
  rules: BuiltinRules,
  target: string,
  headers: readonly HeaderPair[] = [],
): Judgement {
  const run = rules.begin(requestOf(target, headers));
  run.inspectRequestHead();
  run.finish();
  return { score: run.score, matches: run.matches };
}

export function judgeBody(rules: BuiltinRules, text: string, contentType: string | null): Judgement {
  const headers: readonly HeaderPair[] = contentType === null ? [] : [['content-type', contentType]];
  const run = rules.begin(requestOf('/', headers));
  run.inspectRequestBody(bodyOf(text, contentType));
  run.finish();
  return { score: run.score, matches: run.matches };
}

/** The target with a text as the value of a parameter, percent-encoded byte for byte. */
export function queryWith(text: string): string {
  const escaped = text.replace(
    /[^A-Za-z0-9_.~-]/g,
    (character) => `%${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
  return `/list?value=${escaped}`;
}

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { defaultConfig } from '../../config/schema.ts';
import { parseRequestHead } from '../../http/parse-request.ts';
import { RequestHead } from '../../http/request-head.ts';
import { compileSnapshot } from '../compile-snapshot.ts';
import { NO_RULE_TEXTS, RecordedRuleFiles } from '../rule-texts.ts';
import type { Snapshot } from '../snapshot.ts';
import { clientOf, createClient } from './forwarded-client.ts';

function snapshotTrusting(...prefixes: string[]): Snapshot {
  const config = defaultConfig();
  const trusting = { ...config, network: { ...config.network, trusted_proxies: prefixes } };
  const snapshot = compileSnapshot(trusting, 1, 1, {
    ruleFiles: new RecordedRuleFiles(NO_RULE_TEXTS),
    patternFacts: new Map(),
    keptFirewall: null,
    onUnexpected: () => undefined,
  });
  assert.ok(snapshot.ok);
  return snapshot.value;
}

function headWith(...lines: string[]): RequestHead {
  const head = new RequestHead(100);
  const bytes = Buffer.from(
    `GET / HTTP/1.1\r\nHost: a\r\n${lines.map((line) => `${line}\r\n`).join('')}\r\n`,
  );
  const limits = { targetBytesMax: 8192, headerBytesMax: 8192, headerCountMax: 100 };
  assert.equal(parseRequestHead(bytes, 0, bytes.length, head, limits), bytes.length);
  return head;
}

describe('client behind trusted proxies', () => {
  const snapshot = snapshotTrusting('10.0.0.0/8', '2001:db8::/32');
  const peer = createClient('10.0.0.1', snapshot)!;
  const cases: readonly (readonly [string, readonly string[], string])[] = [
    ['is the only address', ['X-Forwarded-For: 192.0.2.7'], '192.0.2.7'],
    [
      'is the rightmost address that is no proxy',
      ['X-Forwarded-For: 1.1.1.1, 192.0.2.7, 10.2.3.4'],
      '192.0.2.7',
    ],
    [
      'is found over several fields',
      ['X-Forwarded-For: 192.0.2.7', 'X-Forwarded-For: 10.9.9.9'],
      '192.0.2.7',
    ],
    ['may be written with a port', ['X-Forwarded-For: 192.0.2.7:4711'], '192.0.2.7'],
    ['may be IPv6 in brackets with a port', ['X-Forwarded-For: [2001:db9::1]:4711'], '2001:db9::1'],
    ['is the peer where there is no chain', [], '10.0.0.1'],
    [
      'is the peer where the chain is unreadable at its end',
      ['X-Forwarded-For: 192.0.2.7, unknown'],
      '10.0.0.1',
    ],
    ['is the peer where all are proxies', ['X-Forwarded-For: 10.1.1.1, 2001:db8::5'], '10.0.0.1'],
  ];
  for (const [title, lines, expected] of cases) {
    it(title, () => assert.equal(clientOf(headWith(...lines), peer, snapshot).address, expected));
  }
});

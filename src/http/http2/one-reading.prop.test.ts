/**
 * What is accepted over HTTP/2 means the same behind the node: written as HTTP/1.1 and read again, it is the same
 * one request, whatever octets its fields had.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { runs } from '../../../tests/support/fuzz.ts';
import * as kind from '../field-names.ts';
import { BODY_CHUNKED, BODY_NONE } from '../framing.ts';
import type { Field } from '../hpack/testing/collect.ts';
import { parseRequestHead } from '../parse-request.ts';
import { RequestHead } from '../request-head.ts';
import { plainRewrite } from '../testing/plain-rewrite.ts';
import { listFields } from '../testing/read.ts';
import { constantLines, type ForwardedBy, writeRequestHead } from '../write-request.ts';
import { readRequest, readResponse } from './testing/read-head.ts';

const LIMITS = { targetBytesMax: 8192, headerBytesMax: 65_536, headerCountMax: 300 };

const PEER = '192.0.2.7';
const BY: ForwardedBy = { peer: PEER, scheme: 'https', trusted: false, lines: constantLines(PEER, 'https') };

const octet = fc.nat(255).map((code) => String.fromCharCode(code));
const fragment = fc.constantFrom(
  ...[
    '\r\n',
    '\r',
    '\n',
    '\0',
    ' ',
    '\t',
    ':',
    'HTTP/1.1',
    'GET / HTTP/1.1\r\nhost: b\r\n\r\n',
    ';',
    ',',
    '@',
    '#',
  ],
  ...['chunked', '0', '5', 'close', 'a', '/', '*', 'example.org', 'X', 'trailers', '13', '\x7f', '\xa0'],
);
const dirt = fc
  .array(fc.oneof({ weight: 4, arbitrary: fragment }, octet), { maxLength: 4 })
  .map((all) => all.join(''));
const clean = fc.constantFrom(
  'a',
  '1',
  'a=b',
  'text/html',
  '100-continue',
  'trailers',
  '13',
  '',
  'x y',
  'example.org',
);

/** Mostly `good`, now and then `good` with dirt somewhere, or dirt alone. */
const dirty = (good: fc.Arbitrary<string>) =>
  fc.oneof(
    { weight: 12, arbitrary: good },
    { weight: 1, arbitrary: fc.tuple(good, dirt, good).map((parts) => parts.join('')) },
    { weight: 1, arbitrary: dirt },
  );

const anyName = fc.constantFrom(
  ...[
    'host',
    'content-length',
    'transfer-encoding',
    'connection',
    'te',
    'cookie',
    'x-a',
    'accept',
    'expect',
    'via',
  ],
  ...[
    'upgrade',
    'sec-websocket-key',
    'sec-websocket-version',
    'x-forwarded-for',
    'content_length',
    'max-forwards',
  ],
  ...['trailer', 'keep-alive', 'authorization', 'content-type', 'http2-settings', 'proxy-connection'],
);
const anyFields: fc.Arbitrary<Field[]> = fc.array(
  fc.oneof(
    {
      weight: 3,
      arbitrary: fc.tuple(fc.constantFrom('x-a', 'accept', 'cookie', 'user-agent'), dirty(clean)),
    },
    { weight: 1, arbitrary: fc.tuple(dirty(anyName), dirty(clean)) },
  ),
  { maxLength: 8 },
);

const part = (name: string, ...values: readonly string[]) =>
  fc.option(fc.tuple(fc.constant(name), dirty(fc.constantFrom(...values))), { freq: 30 });

const anyRequest: fc.Arbitrary<Field[]> = fc
  .tuple(
    part(':method', 'GET', 'POST', 'OPTIONS', 'HEAD', 'CONNECT', 'PURGE'),
    part(':scheme', 'https', 'http'),
    part(':authority', 'example.org', 'a:80', '[::1]'),
    part(':path', '/', '/a?b', '*', '//x', '/%2e'),
    fc.option(fc.constant<Field>([':protocol', 'websocket']), { freq: 6 }),
    anyFields,
  )
  .map(([method, scheme, authority, path, protocol, fields]) => [
    ...[method, scheme, authority, path, protocol].filter((field) => field !== null),
    ...fields,
  ]);

describe('a request of HTTP/2 has one reading', () => {
  it('as it is laid out', () => {
    let accepted = 0;
    fc.assert(
      fc.property(anyRequest, fc.boolean(), (fields, endStream) => {
        const { outcome, head } = readRequest(fields, { endStream });
        if (outcome !== 'ok') return;
        accepted++;
        const again = reread(head.fields.text);
        assertSame(again, head);
        assert.deepEqual(listFields(again.fields), listFields(head.fields));
        assert.deepEqual(
          again.fields.kinds.slice(0, again.fields.count),
          head.fields.kinds.slice(0, head.fields.count),
        );
        assert.equal(again.fields.start, head.fields.start);
        assert.equal(again.fields.end, head.fields.end);
        assert.equal(again.fields.canonical, true);
        assertNoneLost(fields, head);
      }),
      { numRuns: runs(4000) },
    );
    assert.ok(accepted > 100, 'the test reaches what it is about');
  });

  it('as it is forwarded', () => {
    fc.assert(
      fc.property(anyRequest, fc.boolean(), (fields, endStream) => {
        const { outcome, head } = readRequest(fields, { endStream });
        if (outcome !== 'ok') return;
        const { framing, contentLength } = head;
        const again = reread(writeRequestHead(head, BY, framing, contentLength, 'id', plainRewrite('x')));
        assertSame(again, head);
        assert.equal(again.framing, head.framing);
        assert.equal(again.webSocketKey, head.webSocketKey);
      }),
      { numRuns: runs(2000) },
    );
  });
});

describe('a response of HTTP/2 has one reading', () => {
  it('as it is laid out', () => {
    const status = dirty(fc.constantFrom('200', '204', '304', '404', '103')).map(
      (value): Field => [':status', value],
    );
    fc.assert(
      fc.property(status, anyFields, fc.boolean(), (first, fields, endStream) => {
        const { outcome, head } = readResponse([first, ...fields], { endStream });
        if (outcome !== 'ok') return;
        const lines = listFields(head.fields).map(([name, value]) => `${name}: ${value}\r\n`);
        assert.equal(head.fields.text, `HTTP/1.1 ${head.status} \r\n${lines.join('')}\r\n`);
        assert.doesNotMatch(lines.join(''), /[^\r]\n|\r[^\n]|\0/);
        assert.deepEqual(listFields(head.fields), fields);
      }),
      { numRuns: runs(2000) },
    );
  });
});

function reread(text: string): RequestHead {
  const bytes = Buffer.from(text, 'latin1');
  const head = new RequestHead(LIMITS.headerCountMax);
  assert.equal(parseRequestHead(bytes, 0, bytes.length, head, LIMITS), bytes.length, JSON.stringify(text));
  return head;
}

function assertSame(again: RequestHead, head: RequestHead): void {
  const { method, target, host } = head;
  assert.deepEqual([again.method, again.target, again.host, again.absolute], [method, target, host, false]);
  assert.equal(again.keepAlive, true);
  if (head.framing !== BODY_CHUNKED) assert.equal(again.framing, head.framing);
  if (again.framing === BODY_NONE) return;
  assert.equal(again.contentLength, head.contentLength);
}

/** Every field that was sent is there, but for those that are said once for all. */
function assertNoneLost(sent: readonly Field[], head: RequestHead): void {
  const once = (name: string) => name === 'host' || name === 'cookie' || name.startsWith('sec-websocket-');
  const ordinary = sent.filter(([name]) => !name.startsWith(':'));
  assert.deepEqual(
    listFields(head.fields).filter(([name]) => !once(name)),
    ordinary.filter(([name]) => !once(name)),
  );
  const crumbs = ordinary.filter(([name]) => name === 'cookie').map(([, value]) => value);
  assert.deepEqual(
    listFields(head.fields).filter(([name]) => name === 'cookie'),
    crumbs.length === 0 ? [] : [['cookie', crumbs.filter((crumb) => crumb !== '').join('; ')]],
  );
  assert.ok(head.fields.indexOfKind(kind.HOST) !== -1);
}

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Field } from '../hpack/testing/collect.ts';
import { readTrailers } from './testing/read-head.ts';

describe('RFC 9113 section 8.1: a trailer section', () => {
  it('has the fields that say something about the content', () => {
    const fields: readonly Field[] = [
      ['grpc-status', '0'],
      ['x-checksum', 'abc'],
    ];
    assert.deepEqual(readTrailers(fields), fields);
    assert.deepEqual(readTrailers([]), []);
  });

  it('has no pseudo-fields', () => {
    for (const name of [':path', ':status', ':method', ':x']) {
      assert.equal(readTrailers([[name, '200']]), 'trailer');
      assert.equal(
        readTrailers([
          ['x', 'y'],
          [name, '200'],
        ]),
        'trailer',
      );
    }
  });

  it('obeys the rules of fields', () => {
    for (const field of [
      ['X', 'y'],
      ['x', 'a\nb'],
      ['connection', 'x'],
      ['transfer-encoding', 'chunked'],
    ] as const) {
      assert.equal(readTrailers([field]), 'trailer');
    }
  });

  it('loses what frames, routes or authenticates a message (RFC 9110 section 6.5.1)', () => {
    const names = [
      ...['content-length', 'host', 'cookie', 'authorization', 'content-type', 'content-encoding', 'expect'],
      ...['set-cookie', 'x-forwarded-for', 'x-request-id', 'forwarded', 'max-forwards', 'trailer', 'via'],
      ...['proxy-authorization', 'content-range', 'x_forwarded_for'],
    ];
    assert.deepEqual(readTrailers([...names.map((name): Field => [name, '1']), ['x', 'y']]), [['x', 'y']]);
  });

  it('has few fields and octets', () => {
    const fields = (count: number, length: number) =>
      Array.from({ length: count }, (_, i): Field => [`x-${i}`, 'v'.repeat(length)]);
    assert.equal(readTrailers(fields(32, 10)).length, 32);
    assert.equal(readTrailers(fields(33, 10)), 'trailer');
    assert.equal(readTrailers(fields(1, 8200)), 'trailer');
    assert.equal(readTrailers(fields(10, 800)), 'trailer');
  });
});

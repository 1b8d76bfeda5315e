import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ValueCache } from './value-cache.ts';

describe('the cache of values', () => {
  it('keeps a value from its second sight on', () => {
    const cache = new ValueCache(8);
    cache.set('one', [1]);
    assert.equal(cache.get('one'), undefined);
    cache.set('one', [1]);
    assert.deepEqual(cache.get('one'), [1]);
  });

  it('never holds more than it may, and keeps what is asked for', () => {
    const cache = new ValueCache(8);
    const put = (value: string): void => {
      cache.set(value, [value.length]);
      cache.set(value, [value.length]);
    };
    put('popular');
    for (let number = 0; number < 1000; number += 1) {
      put(`value ${number}`);
      assert.deepEqual(cache.get('popular'), [7]);
      assert.ok(cache.size <= 8);
    }
    assert.equal(cache.get('value 1'), undefined);
  });

  it('bounds the bytes of its keys too', () => {
    const cache = new ValueCache(64);
    for (let number = 0; number < 64; number += 1) {
      const value = `${number}`.padEnd(256, 'x') + number;
      cache.set(value, []);
      cache.set(value, []);
    }
    assert.ok(cache.size * 256 <= 64 * 64 + 256);
  });
});

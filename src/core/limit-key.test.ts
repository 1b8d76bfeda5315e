import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { KeyHasher } from './limit-key.ts';

const SEED = { low: 0x03020100, high: 0x07060504 };

function keyOf(feed: (hasher: KeyHasher) => void, seed = SEED): string {
  const hasher = new KeyHasher(seed);
  hasher.start();
  feed(hasher);
  hasher.finish();
  return `${hasher.low >>> 0} ${hasher.high >>> 0}`;
}

function textKey(text: string): string {
  return keyOf((hasher) => {
    hasher.piece(1, text.length);
    hasher.lowerText(text, 0, text.length);
  });
}

describe('the key of a limit', () => {
  it('is the same for the same pieces, and another under another secret', () => {
    assert.equal(textKey('/login'), textKey('/login'));
    assert.equal(textKey('/LOGIN'), textKey('/login'));
    const feed = (hasher: KeyHasher) => hasher.word(1);
    assert.notEqual(keyOf(feed), keyOf(feed, { low: 1, high: 2 }));
  });

  it('tells pieces apart by where they end', () => {
    const pair = (left: string, right: string) =>
      keyOf((hasher) => {
        for (const text of [left, right]) {
          hasher.piece(1, text.length);
          hasher.bytes(Buffer.from(text), 0, text.length);
        }
      });
    const keys = [pair('a', 'bc'), pair('ab', 'c'), pair('abc', ''), pair('', 'abc'), pair('abcd', '')];
    assert.equal(new Set(keys).size, keys.length);
  });

  it('depends on every octet of texts of all lengths', () => {
    const keys = new Set<string>();
    const texts = new Set<string>();
    for (let length = 0; length < 12; length++) {
      for (let at = 0; at < length; at++) texts.add(`${'a'.repeat(at)}b${'a'.repeat(length - at - 1)}`);
      texts.add('a'.repeat(length));
    }
    for (const text of texts) keys.add(textKey(text));
    assert.equal(keys.size, texts.size);
  });

  it('spreads neighbours evenly over the places that either word names', () => {
    const counts = [new Int32Array(256), new Int32Array(256)];
    for (let number = 0; number < 25_600; number++) {
      const [low, high] = keyOf((hasher) => hasher.word(number))
        .split(' ')
        .map(Number);
      for (const [index, word] of [low!, high!].entries()) {
        counts[index]![word >>> 24] = counts[index]![word >>> 24]! + 1;
      }
    }
    // A hundred in each place on average; a fair coin stays within these bounds.
    for (const count of counts) assert.ok(Math.min(...count) > 50 && Math.max(...count) < 160);
  });
});

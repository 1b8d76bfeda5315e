import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { hashWords } from './keyed-hash.ts';

describe('the keyed hash', () => {
  it('is HalfSipHash-1-3: the published value for the bytes 0 to 15 under the key 0 to 7', () => {
    const words = Int32Array.of(0x03020100, 0x07060504, 0x0b0a0908, 0x0f0e0d0c);
    assert.equal(hashWords(words, 0x03020100, 0x07060504) >>> 0, 0x8b31d501);
  });

  it('spreads neighbouring addresses evenly, and differently under another key', () => {
    const counts = [new Int32Array(256), new Int32Array(256)];
    let same = 0;
    for (let address = 0; address < 25_600; address++) {
      const words = Int32Array.of(0, 0, 0xffff, address);
      const places = [hashWords(words, 1, 2) & 255, hashWords(words, 3, 2) & 255];
      for (const [key, place] of places.entries()) counts[key]![place] = counts[key]![place]! + 1;
      if (places[0] === places[1]) same++;
    }
    for (const count of counts) {
      // A hundred in each place on average; a fair coin stays within these bounds.
      assert.ok(Math.min(...count) > 50 && Math.max(...count) < 160);
    }
    assert.ok(same < 200);
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createRandom, type FuzzTarget, fuzz, shrink } from './loop.ts';

/** Fails for inputs with an "x" somewhere before a "y". */
const CANARY: FuzzTarget = {
  name: 'canary',
  draw: (random) => ({
    text: Array.from({ length: 30 }, () => String.fromCharCode(97 + random(26))).join(''),
    check: (text) => assert.doesNotMatch(text, /x.*y/),
  }),
  work: () => undefined,
};

describe('the loop of a fuzzer', () => {
  it('finds a fault, makes its input small, and finds it again by seed and index', () => {
    const found = fuzz({ seed: 1, firstIndex: 0, targets: [CANARY], goOn: (count) => count < 10_000 });
    assert.equal(found?.target, 'canary');
    assert.equal(found.text, 'xy');
    const again = fuzz({ seed: 1, firstIndex: found.index, targets: [CANARY], goOn: (count) => count === 0 });
    assert.deepEqual(again, found);
  });

  it('takes inputs that cost too much for a fault', () => {
    const slow: FuzzTarget = {
      name: 'slow',
      draw: () => ({ text: 'abc', check: () => undefined }),
      work: (text) => {
        const endMs = performance.now() + (text.includes('b') ? 60 : 0);
        while (performance.now() < endMs);
      },
    };
    const found = fuzz({ seed: 1, firstIndex: 0, targets: [slow], goOn: () => true });
    assert.equal(found?.text, 'b');
    assert.match(found.message, /costs \d+ ms/);
  });

  it('ends without a fault when it shall not go on, and takes its targets in turn', () => {
    const seen: string[] = [];
    const target = (name: string): FuzzTarget => ({
      name,
      draw: () => ({ text: '', check: () => seen.push(name) }),
      work: () => undefined,
    });
    const counts: number[] = [];
    const goOn = (count: number) => counts.push(count) < 3;
    assert.equal(fuzz({ seed: 7, firstIndex: 0, targets: [target('a'), target('b')], goOn }), null);
    assert.equal(seen.length, counts.at(-1));
    assert.deepEqual(seen.slice(0, 4), ['a', 'b', 'a', 'b']);
  });
});

describe('numbers at random', () => {
  it('are determined by seed and index, and differ between them', () => {
    const draw = (seed: number, index: number) => {
      const random = createRandom(seed, index);
      return Array.from({ length: 8 }, () => random(1000)).join();
    };
    assert.equal(draw(1, 2), draw(1, 2));
    const all = [draw(1, 2), draw(1, 3), draw(2, 2), draw(2, 1), draw(0, 0), draw(0, 1)];
    assert.equal(new Set(all).size, all.length);
  });
});

describe('shrinking', () => {
  it('keeps what fails and nothing that is not needed', () => {
    assert.equal(
      shrink(`${'a'.repeat(100)}b${'c'.repeat(50)}`, (text) => text.includes('b')),
      'b',
    );
    assert.equal(
      shrink('abc', () => false),
      'abc',
    );
    assert.equal(
      shrink('abc', () => true),
      '',
    );
  });
});

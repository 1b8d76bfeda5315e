import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { GoodClients } from './good-clients.ts';

const SEED = { low: 1, high: 2 };

function key(client: number): Int32Array {
  return Int32Array.of(0, 0, 0xffff, client);
}

/** A client that sends a request each second for `seconds`. */
function live(good: GoodClients, client: number, fromMs: number, seconds: number): boolean {
  let known = false;
  for (let second = 0; second <= seconds; second++) known = good.note(key(client), fromMs + second * 1000);
  return known;
}

describe('good clients', () => {
  it('are those that sent many requests over a minute', () => {
    const good = new GoodClients(SEED);
    assert.equal(live(good, 1, 0, 59), false, 'not long enough');
    assert.equal(live(good, 1, 60_000, 1), true);
    for (let request = 0; request < 1000; request++) good.note(key(2), 0);
    assert.equal(good.note(key(2), 1000), false, 'many at once are no long time');
    good.note(key(3), 0);
    assert.equal(good.note(key(3), 120_000), false, 'few over a long time are not many');
  });

  it('begin anew when they are forgotten, or stay away', () => {
    const good = new GoodClients(SEED);
    live(good, 1, 0, 100);
    good.forget(key(1));
    assert.equal(good.note(key(1), 101_000), false);
    live(good, 2, 0, 100);
    assert.equal(good.note(key(2), 800_000), false);
  });

  it('keep their place through a flood from many addresses', () => {
    const good = new GoodClients(SEED);
    live(good, 1, 0, 100);
    for (let client = 10; client < 200_000; client++) good.note(key(client), 100_500);
    assert.equal(good.note(key(1), 101_000), true);
  });
});

import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { HandshakePace } from './handshake-pace.ts';

const COST_MS = 0.5;

/** An event loop that is turned by hand, and handshakes that cost their time once what began them is over. */
class Loop {
  nowMs = 0;
  readonly begun: string[] = [];
  #turn: (() => void)[] = [];
  #ticks: (() => void)[] = [];
  readonly pace = new HandshakePace<string>(
    {
      readMs: () => this.nowMs,
      nextTurn: (run) => void this.#turn.push(run),
      afterwards: (run) => void this.#ticks.push(run),
    },
    (item) => {
      this.begun.push(item);
      this.#ticks.push(() => {
        this.nowMs += COST_MS;
      });
    },
  );

  offer(item: string): void {
    if (this.pace.isFree) this.pace.beginNow(item);
    else this.pace.wait(item, item, false);
    this.#settle();
  }

  /** One turn, in which everything else takes `othersMs`; tells how many began. */
  turn(othersMs: number): number {
    const before = this.begun.length;
    this.nowMs += othersMs;
    for (const run of this.#turn.splice(0)) run();
    this.#settle();
    return this.begun.length - before;
  }

  get isIdle(): boolean {
    return this.#turn.length === 0;
  }

  #settle(): void {
    for (let run = this.#ticks.shift(); run !== undefined; run = this.#ticks.shift()) run();
  }
}

describe('the pace of handshakes', () => {
  let loop: Loop;
  beforeEach(() => {
    loop = new Loop();
  });

  function flood(count: number): void {
    for (let nth = 0; nth < count; nth++) loop.offer(`${nth}`);
  }

  it('begins one at once where none began in the turn, and rests afterwards', () => {
    loop.offer('first');
    assert.deepEqual(loop.begun, ['first']);
    assert.equal(loop.turn(0), 0);
    assert.ok(loop.isIdle);
    loop.offer('second');
    assert.deepEqual(loop.begun, ['first', 'second']);
  });

  it('begins one per turn while there is little else to do', () => {
    flood(4);
    assert.deepEqual(loop.begun, ['0']);
    assert.deepEqual([loop.turn(0.1), loop.turn(0.1), loop.turn(0.1), loop.turn(0.1)], [1, 1, 1, 0]);
    assert.ok(loop.isIdle);
  });

  it('gives handshakes a part of the time that everything else takes', () => {
    flood(100);
    loop.turn(3);
    assert.equal(loop.turn(3), 2);
    assert.equal(loop.turn(3), 2, 'their own time does not count');
    assert.equal(loop.turn(0), 1);
  });

  it('keeps turns short however long the last one was', () => {
    flood(100);
    loop.turn(0);
    assert.equal(loop.turn(10_000), 3);
  });

  it('does not begin what has left the line', () => {
    loop.offer('first');
    const place = loop.pace.wait('gone', 'client', false);
    loop.pace.forget(place);
    assert.equal(loop.turn(0), 0);
    assert.equal(loop.pace.waiting, 0);
  });
});

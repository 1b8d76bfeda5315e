import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { InputTurns, type TurnTaker } from './input-turns.ts';

/** An event loop that is turned by hand. */
class Loop {
  nowMs = 0;
  #next: (() => void)[] = [];
  readonly turns = new InputTurns({
    readMs: () => this.nowMs,
    nextTurn: (run) => void this.#next.push(run),
    afterwards: (run) => run(),
  });

  turn(): void {
    for (const run of this.#next.splice(0)) run();
  }

  get isIdle(): boolean {
    return this.#next.length === 0;
  }

  /** Work of so many milliseconds, in one slice. */
  work(milliseconds: number): void {
    this.turns.beginSlice();
    this.nowMs += milliseconds;
    this.turns.endSlice();
  }
}

/** A connection with so many slices of work left. */
class Sender implements TurnTaker {
  readonly #loop: Loop;
  readonly #told: string[];
  readonly name: string;
  left: number;

  constructor(loop: Loop, told: string[], name: string, left: number) {
    this.#loop = loop;
    this.#told = told;
    this.name = name;
    this.left = left;
  }

  wait(): void {
    this.#loop.turns.wait(this, this.name);
  }

  takeTurn(): void {
    this.#told.push(this.name);
    this.#loop.work(0.25);
    this.left -= 1;
    if (this.left > 0) this.wait();
  }
}

describe('the turns of input', () => {
  let loop: Loop;
  let told: string[];
  beforeEach(() => {
    loop = new Loop();
    told = [];
  });

  it('are not needed while there is little to do', () => {
    loop.work(0.2);
    assert.ok(loop.turns.isFree);
    assert.ok(loop.isIdle);
  });

  it('begin once a turn has taken its part, and everybody is served at once again in the next', () => {
    loop.work(2);
    assert.equal(loop.turns.isFree, false);
    loop.turn();
    assert.ok(loop.turns.isFree);
    assert.ok(loop.isIdle);
  });

  it('give each who waits one slice after the other, a few per turn', () => {
    const senders = ['a', 'b', 'c'].map((name) => new Sender(loop, told, name, 2));
    for (const sender of senders) sender.wait();
    loop.turn();
    assert.deepEqual(told, ['a', 'b']);
    assert.equal(loop.turns.isFree, false, 'nobody overtakes who waits');
    loop.turn();
    loop.turn();
    assert.deepEqual(told, ['a', 'b', 'c', 'a', 'b', 'c']);
    assert.equal(loop.turns.waiting, 0);
  });

  it('put what a client has beyond its share behind all others', () => {
    for (let nth = 0; nth < 5; nth++) new Sender(loop, told, 'many', 1).wait();
    new Sender(loop, told, 'one', 1).wait();
    for (let turn = 0; turn < 3; turn++) loop.turn();
    assert.deepEqual(told, ['many', 'many', 'many', 'many', 'one', 'many']);
  });

  it('end a slice by the clock, and let nobody go on outside of one', () => {
    assert.equal(loop.turns.mayGoOn(), false);
    loop.turns.beginSlice();
    assert.ok(loop.turns.mayGoOn());
    loop.nowMs += 0.3;
    assert.equal(loop.turns.mayGoOn(), false);
    loop.turns.endSlice();
    assert.equal(loop.turns.mayGoOn(), false);
  });

  it('bound what waits in memory', () => {
    assert.ok(loop.turns.canHold);
    loop.turns.hold(64 << 20);
    assert.equal(loop.turns.canHold, false);
    loop.turns.hold(-1);
    assert.ok(loop.turns.canHold);
  });

  it('do not come to who has left the line', () => {
    const sender = new Sender(loop, told, 'gone', 1);
    loop.turns.forget(loop.turns.wait(sender, 'gone'));
    loop.turn();
    assert.deepEqual(told, []);
  });
});

import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import { beforeEach, describe, it } from 'node:test';
import type { Client } from '../client.ts';
import { ErrorGuard } from '../error-guard.ts';
import type { TrafficContext } from '../traffic-context.ts';
import type { TurnClock } from '../turn-clock.ts';
import { InputHold } from './input-hold.ts';
import { InputTurns } from './input-turns.ts';
import { PacedInput } from './paced-input.ts';

/** A thread that has just been kept busy, and one connection on it. */
class Bench {
  nowMs = 0;
  known = false;
  readonly told: string[] = [];
  readonly errors: unknown[] = [];
  /** Pieces of work that each chunk takes. */
  pieces = 1;
  readonly socket = new PassThrough() as unknown as Socket;
  readonly turns: InputTurns;
  readonly input: PacedInput;
  #next: (() => void)[] = [];
  #left = 0;

  constructor() {
    this.turns = new InputTurns({
      readMs: () => this.nowMs,
      nextTurn: (run) => void this.#next.push(run),
      afterwards: (run) => run(),
    });
    const clock = { nowMs: () => this.nowMs, tick: () => undefined } as unknown as TurnClock;
    const context = {
      inputTurns: this.turns,
      clock,
      goodClients: { isKnown: () => this.known },
    } as unknown as TrafficContext;
    const client = { key: new Uint32Array(4), exempt: false } as unknown as Client;
    const guard = new ErrorGuard(
      clock,
      (error) => this.errors.push(error),
      () => this.input.stop(),
    );
    const hold = new InputHold(this.socket);
    this.input = new PacedInput(this.socket, { client, trusted: false }, context, guard, hold, {
      take: (chunk) => {
        this.#left = this.pieces;
        return this.#work(chunk.toString());
      },
      goOn: () => this.#work('more'),
      end: () => void this.told.push('end'),
    });
  }

  /** Everybody else takes so long in this turn. */
  keepBusy(milliseconds: number): void {
    this.turns.beginSlice();
    this.nowMs += milliseconds;
    this.turns.endSlice();
  }

  turn(): void {
    for (const run of this.#next.splice(0)) run();
  }

  receive(text: string): void {
    this.socket.emit('data', Buffer.from(text));
  }

  #work(what: string): boolean {
    if (what === 'fault') throw new Error('of the test');
    this.told.push(what);
    this.#left -= 1;
    return this.#left > 0;
  }
}

describe('paced input', () => {
  let bench: Bench;
  beforeEach(() => {
    bench = new Bench();
  });

  it('is worked on at once while there is time', () => {
    bench.receive('a');
    bench.socket.emit('end');
    assert.deepEqual(bench.told, ['a', 'end']);
  });

  it('waits in a busy turn, in order, with its end behind it', () => {
    bench.keepBusy(5);
    bench.receive('a');
    bench.receive('b');
    bench.socket.emit('end');
    assert.deepEqual(bench.told, []);
    assert.ok(bench.socket.isPaused(), 'who sends on while it waits is not read from');
    bench.turn();
    assert.deepEqual(bench.told, ['ab', 'end']);
    assert.equal(bench.socket.isPaused(), false);
  });

  it('of a client that is known does not wait', () => {
    bench.known = true;
    bench.keepBusy(5);
    bench.receive('a');
    assert.deepEqual(bench.told, ['a']);
  });

  it('that takes more than a slice goes on in later turns, before what came meanwhile', () => {
    bench.pieces = 3;
    bench.receive('a');
    bench.receive('b');
    assert.deepEqual(bench.told, ['a']);
    bench.turn();
    bench.turn();
    bench.turn();
    bench.turn();
    assert.deepEqual(bench.told.slice(0, 4), ['a', 'more', 'more', 'b']);
  });

  it('is forgotten with its connection', () => {
    bench.keepBusy(5);
    bench.receive('a');
    bench.input.stop();
    bench.turn();
    assert.deepEqual(bench.told, []);
    assert.equal(bench.turns.waiting, 0);
    assert.ok(bench.turns.canHold);
  });

  it('costs its connection alone where the work on it fails', () => {
    bench.receive('fault');
    assert.equal(bench.errors.length, 1);
    bench.keepBusy(5);
    bench.receive('b');
    assert.equal(bench.turns.waiting, 0);
  });
});

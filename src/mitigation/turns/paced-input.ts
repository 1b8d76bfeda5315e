/**
 * The input of one connection, in turns: octets are worked on at once, or wait until the connection has its turn, and
 * the end of the input comes behind all of them. A client that sends on while something waits is not read from.
 */
import type { Socket } from 'node:net';
import type { ErrorGuard } from '../error-guard.ts';
import { ByteCarry } from '../http1/byte-carry.ts';
import type { TrafficContext } from '../traffic-context.ts';
import type { Place } from './client-line.ts';
import type { InputHold } from './input-hold.ts';
import type { InputTurns, TurnTaker } from './input-turns.ts';
import { goesFirst, type LinePeer, shareKey } from './line-peer.ts';

/** What is done with the input. */
export interface InputWork {
  /** Takes octets; true where some of the work on them is left, because the slice is over. */
  take(chunk: Buffer): boolean;
  /** Goes on with what was left. */
  goOn(): boolean;
  /** No more will come. */
  end(): void;
}

export class PacedInput implements TurnTaker {
  readonly #turns: InputTurns;
  readonly #context: TrafficContext;
  readonly #peer: LinePeer;
  readonly #guard: ErrorGuard;
  readonly #hold: InputHold;
  readonly #work: InputWork;
  readonly #take: (chunk: Buffer) => void;
  readonly #goOn: () => void;
  #place: Place<TurnTaker> | null = null;
  /** Whether work is left on octets that were taken. */
  #more = false;
  #held: ByteCarry | null = null;
  #ended = false;
  #stopped = false;

  constructor(
    socket: Socket,
    peer: LinePeer,
    context: TrafficContext,
    guard: ErrorGuard,
    hold: InputHold,
    work: InputWork,
  ) {
    this.#turns = context.inputTurns;
    this.#context = context;
    this.#peer = peer;
    this.#guard = guard;
    this.#hold = hold;
    this.#work = work;
    this.#take = (chunk) => this.#runSlice(chunk);
    this.#goOn = () => this.#runSlice(null);
    socket.on('data', (chunk: Buffer) => this.#onData(chunk));
    socket.on('end', () => this.#onEnd());
  }

  /** Has `goOn` called in a turn of its own. */
  goOnLater(): void {
    if (this.#stopped) return;
    this.#more = true;
    this.#wait();
  }

  /** Nothing is to be done with the input any more. */
  stop(): void {
    this.#stopped = true;
    this.#more = false;
    if (this.#place !== null) this.#turns.forget(this.#place);
    this.#place = null;
    this.#takeHeld();
    this.#hold.byTurn(false);
  }

  takeTurn(): void {
    this.#place = null;
    if (this.#more) this.#guard.run(this.#goOn);
    if (this.#place === null && this.#held !== null) this.#guard.take(this.#takeHeld(), this.#take);
    if (this.#place !== null) return;
    this.#hold.byTurn(false);
    if (this.#ended) this.#guard.run(() => this.#work.end());
  }

  #onData(chunk: Buffer): void {
    if (this.#place !== null) {
      // A turn is short: only who sends on meanwhile is held back.
      this.#keep(chunk);
      this.#hold.byTurn(true);
    } else if (this.#stopped || this.#isFree()) {
      this.#guard.take(chunk, this.#take);
    } else {
      this.#keep(chunk);
      this.#wait();
    }
  }

  #onEnd(): void {
    if (this.#place === null) this.#guard.run(() => this.#work.end());
    else this.#ended = true;
  }

  #runSlice(chunk: Buffer | null): void {
    this.#more = false;
    this.#turns.beginSlice();
    try {
      this.#more = chunk === null ? this.#work.goOn() : this.#work.take(chunk);
    } finally {
      this.#turns.endSlice();
    }
    if (this.#more && !this.#stopped) this.#wait();
  }

  /** Who is known as good waits with the rest of what it sends only. */
  #isFree(): boolean {
    return this.#turns.isFree || !this.#turns.canHold || goesFirst(this.#peer, this.#context);
  }

  #wait(): void {
    this.#place ??= this.#turns.wait(this, shareKey(this.#peer));
  }

  #keep(chunk: Buffer): void {
    this.#held ??= new ByteCarry();
    this.#held.adopt(chunk);
    this.#turns.hold(chunk.length);
  }

  #takeHeld(): Buffer {
    const held = this.#held?.take() ?? NO_BYTES;
    this.#held = null;
    this.#turns.hold(-held.length);
    return held;
  }
}

const NO_BYTES: Buffer = Buffer.alloc(0);

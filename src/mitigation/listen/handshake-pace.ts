/**
 * Handshakes begin a few at a time, so that a flood of them does not keep open connections waiting.
 *
 * A full handshake costs more processor time than a dozen requests, and all of it at once. Hundreds of hellos may be
 * readable in one turn of the event loop; answered in that turn, they would stand before everything that open
 * connections have to say. So one begins per turn, and further ones only until handshakes have had their part of the
 * time that the last turn took: a node that is busy with requests still secures new connections. With a quiet node
 * the first one begins at once, and each turn is as short as its handshake.
 */
import { HandshakeLine, type Place } from './handshake-line.ts';

/** Of the time that everything else takes, while there is enough of both. */
const PART = 1 / 3;
/** The most in one turn, in milliseconds, but for the last one that begins within it. */
const SPENT_MAX_MS = 4;

/** The event loop, as far as handshakes are paced by it. */
export interface Turns {
  /** Monotonic milliseconds right now. */
  readMs(): number;
  /** Runs once sockets had their turn. */
  nextTurn(run: () => void): void;
  /** Runs once what is under way is done, and before any socket has its turn. */
  afterwards(run: () => void): void;
}

/** The turns of this thread, by a clock. */
export function eventLoopTurns(readMs: () => number): Turns {
  return {
    readMs,
    nextTurn: (run) => void setImmediate(run),
    // Both runtimes begin the costly part of a handshake in a tick that is queued before this one.
    afterwards: (run) => process.nextTick(run),
  };
}

export class HandshakePace<T> {
  readonly #line = new HandshakeLine<T>();
  readonly #turns: Turns;
  readonly #begin: (item: T) => void;
  readonly #onTurn = (): void => this.#turn();
  /** Whether one began since sockets last had their turn. */
  #begun = false;
  #turnMs = 0;
  #spentMs = 0;

  /** @param begin must not throw */
  constructor(turns: Turns, begin: (item: T) => void) {
    this.#turns = turns;
    this.#begin = begin;
  }

  get waiting(): number {
    return this.#line.size;
  }

  /** Whether the next one would begin at once. */
  get isFree(): boolean {
    return !this.#begun;
  }

  /** Begins at once; only while it is free. */
  beginNow(item: T): void {
    this.#beginTurn(this.#turns.readMs());
    this.#begin(item);
  }

  /** Queues; for the arguments see the line. */
  wait(item: T, client: string | null, known: boolean): Place<T> {
    return this.#line.add(item, client, known, this.#turns.readMs());
  }

  /** It need not begin any more. */
  forget(place: Place<T>): void {
    this.#line.remove(place);
  }

  #beginTurn(nowMs: number): void {
    this.#begun = true;
    this.#turnMs = nowMs;
    this.#spentMs = 0;
    this.#turns.nextTurn(this.#onTurn);
  }

  #turn(): void {
    this.#begun = false;
    if (this.#line.size === 0) return;
    const nowMs = this.#turns.readMs();
    const othersMs = nowMs - this.#turnMs - this.#spentMs;
    this.#beginTurn(nowMs);
    this.#beginNext(nowMs, Math.min(othersMs * PART, SPENT_MAX_MS));
  }

  #beginNext(nowMs: number, allowedMs: number): void {
    const item = this.#line.take(nowMs);
    if (item === null) return;
    this.#begin(item);
    this.#turns.afterwards(() => {
      const doneMs = this.#turns.readMs();
      this.#spentMs = doneMs - this.#turnMs;
      if (this.#spentMs < allowedMs) this.#beginNext(doneMs, allowedMs);
    });
  }
}

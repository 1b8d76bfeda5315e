/**
 * Handshakes begin a few at a time, so that a flood of them does not keep open connections waiting.
 *
 * A full handshake costs more processor time than a dozen requests, and all of it at once. Hundreds of hellos may be
 * readable in one turn of the event loop; answered in that turn, they would stand before everything that open
 * connections have to say. So one begins per turn, and further ones only until handshakes have had their part of the
 * time that the last turn took: a node that is busy with requests still secures new connections. With a quiet node
 * the first one begins at once, and each turn is as short as its handshake.
 */
import { ClientLine, type Place } from '../turns/client-line.ts';
import type { Turns } from '../turns/event-loop-turns.ts';

/** Of the time that everything else takes, while there is enough of both. */
const PART = 1 / 3;
/** The most in one turn, in milliseconds, but for the last one that begins within it. */
const SPENT_MAX_MS = 4;
/**
 * Handshakes that begin in one turn. Bun goes on with at most five per turn, the newest first: where more begin than
 * that, the oldest waits for as long as the flood lasts.
 */
const BEGUN_MAX = 3;
/** A handshake that has waited longer has probably been given up. */
const STALE_MS = 1000;

export class HandshakePace<T> {
  readonly #line = new ClientLine<T>(STALE_MS);
  readonly #turns: Turns;
  readonly #begin: (item: T) => void;
  readonly #onTurn = (): void => this.#turn();
  /** Whether one began since sockets last had their turn. */
  #begun = false;
  #turnMs = 0;
  #spentMs = 0;
  /** How many began in this turn. */
  #count = 0;

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
    this.#count = 0;
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
    this.#count += 1;
    this.#begin(item);
    this.#turns.afterwards(() => {
      const doneMs = this.#turns.readMs();
      this.#spentMs = doneMs - this.#turnMs;
      if (this.#spentMs < allowedMs && this.#count < BEGUN_MAX) this.#beginNext(doneMs, allowedMs);
    });
  }
}

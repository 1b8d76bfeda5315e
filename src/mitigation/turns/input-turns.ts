/**
 * How the connections of one thread share its time for what their clients have sent.
 *
 * Octets are worked on as they come while there is little to do. Once what unknown clients have sent has taken a part
 * of a turn of the event loop, the rest of it waits in a line, from which each turn takes some. Nobody has more than a
 * slice at once: who sends more than fits goes to the end. So a turn stays short however much comes at once, an honest
 * client waits behind one slice of each other instead of behind all that a flood has sent. Who is known as good is not
 * sent here with its first slice.
 */
import { ClientLine, type Place } from './client-line.ts';
import type { Turns } from './event-loop-turns.ts';

/** What work on the input of unknown clients may take of a turn before the rest waits, in milliseconds. */
const AT_ONCE_MS = 1;
/** What the line takes of a turn. */
const LINE_MS = 0.5;
/** What one connection takes at once. */
const SLICE_MS = 0.25;
/** Octets that wait in this process; further ones are worked on at once, which no longer pays to put off. */
const HELD_BYTES_MAX = 64 << 20;

/** A connection whose octets wait. */
export interface TurnTaker {
  takeTurn(): void;
}

export class InputTurns {
  readonly #line = new ClientLine<TurnTaker>();
  readonly #turns: Turns;
  readonly #onTurn = (): void => this.#turn();
  #endAwaited = false;
  /** Of the current turn, or of several in which there was little to do. */
  #spentMs = 0;
  #sliceStartMs = 0;
  #sliceEndMs = 0;
  #heldBytes = 0;

  constructor(turns: Turns) {
    this.#turns = turns;
  }

  get waiting(): number {
    return this.#line.size;
  }

  /** Whether anybody's octets may be worked on at once. */
  get isFree(): boolean {
    return this.#line.size === 0 && this.#spentMs < AT_ONCE_MS;
  }

  /** Whether octets may still be put off. */
  get canHold(): boolean {
    return this.#heldBytes < HELD_BYTES_MAX;
  }

  /** Octets wait, or no longer where the number is negative. */
  hold(bytes: number): void {
    this.#heldBytes += bytes;
  }

  beginSlice(): void {
    this.#sliceStartMs = this.#turns.readMs();
    this.#sliceEndMs = this.#sliceStartMs + SLICE_MS;
  }

  /** Whether the slice has time left; false outside of one. */
  readonly mayGoOn = (): boolean => this.#turns.readMs() < this.#sliceEndMs;

  endSlice(): void {
    this.#spentMs += this.#turns.readMs() - this.#sliceStartMs;
    this.#sliceEndMs = 0;
    if (this.#spentMs >= AT_ONCE_MS) this.#awaitEnd();
  }

  /** Queues; for the client see the line. */
  wait(taker: TurnTaker, client: string | null): Place<TurnTaker> {
    this.#awaitEnd();
    return this.#line.add(taker, client, false, 0);
  }

  /** It need not have its turn any more. */
  forget(place: Place<TurnTaker>): void {
    this.#line.remove(place);
  }

  #awaitEnd(): void {
    if (this.#endAwaited) return;
    this.#endAwaited = true;
    this.#turns.nextTurn(this.#onTurn);
  }

  #turn(): void {
    this.#endAwaited = false;
    this.#spentMs = 0;
    if (this.#line.size === 0) return;
    const endMs = this.#turns.readMs() + LINE_MS;
    // Who is not done goes to the end of the line, and may be met again.
    for (let taker = this.#line.take(0); taker !== null; taker = this.#line.take(0)) {
      taker.takeTurn();
      if (this.#turns.readMs() >= endMs) break;
    }
    this.#spentMs = 0;
    if (this.#line.size > 0) this.#awaitEnd();
  }
}

/**
 * Whether a client is read from. Three may hold it back, each on its own account: what waits on the connection, the
 * exchange in progress, and other clients whose turn it is.
 *
 * The socket is never resumed for a moment in between, such as from one request of a row to the next: each time a
 * runtime may deliver all that has come meanwhile, which would add up without a bound.
 */
import type { Socket } from 'node:net';

export class InputHold {
  readonly #socket: Socket;
  #carryHolds = false;
  #exchangeHolds = false;
  #turnHolds = false;
  #paused = false;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** Too much waits on the connection, or no longer. */
  byCarry(holds: boolean): void {
    this.#carryHolds = holds;
    this.#apply();
  }

  /** The exchange takes no more for now, or does again. */
  byExchange(holds: boolean): void {
    this.#exchangeHolds = holds;
    this.#apply();
  }

  /** What has come waits for its turn, or no longer. */
  byTurn(holds: boolean): void {
    this.#turnHolds = holds;
    this.#apply();
  }

  /** What the last exchange held back is of no concern to the next; takes effect with the next word of the carry. */
  forgetExchange(): void {
    this.#exchangeHolds = false;
  }

  /** Neither the connection nor its exchange holds the client back. */
  release(): void {
    this.#exchangeHolds = false;
    this.byCarry(false);
  }

  #apply(): void {
    const paused = this.#carryHolds || this.#exchangeHolds || this.#turnHolds;
    if (paused === this.#paused || this.#socket.destroyed) return;
    this.#paused = paused;
    if (paused) this.#socket.pause();
    else this.#socket.resume();
  }
}

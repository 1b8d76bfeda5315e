/**
 * What follows from an event of one connection runs under a guard: the clock is read for the turn, and an error in our
 * own code costs that connection, is counted, and nothing else.
 */
import type { TurnClock } from './turn-clock.ts';

export class ErrorGuard {
  readonly #clock: TurnClock;
  readonly #report: (error: unknown) => void;
  readonly #giveUp: () => void;

  /**
   * @param report told of what was thrown and never should have been
   * @param giveUp ends the connection
   */
  constructor(clock: TurnClock, report: (error: unknown) => void, giveUp: () => void) {
    this.#clock = clock;
    this.#report = report;
    this.#giveUp = giveUp;
  }

  run(action: () => void): void {
    this.#clock.tick();
    try {
      action();
    } catch (error) {
      this.#failed(error);
    }
  }

  /** The same for a piece of data, without an object for each. */
  take(piece: Buffer, onData: (piece: Buffer) => void): void {
    this.#clock.tick();
    try {
      onData(piece);
    } catch (error) {
      this.#failed(error);
    }
  }

  #failed(error: unknown): void {
    this.#report(error);
    this.#giveUp();
  }
}

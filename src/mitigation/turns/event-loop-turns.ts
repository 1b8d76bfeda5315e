/** The turns of the event loop, for whatever must not do all of its work in one. */

/** The event loop, as far as work is divided among its turns. */
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

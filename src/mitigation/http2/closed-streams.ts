/**
 * How the last streams of a connection ended, which decides what a frame that still comes for one of them means
 * (RFC 9113 section 5.1). Of older streams nothing is known, and nothing honest comes for them any more.
 */

/** Nothing is known: the stream was never used, or ended long ago. */
export const UNKNOWN = 0;
/** Both sides had ended it. */
export const ENDED = 1;
/** The peer reset it. */
export const RESET_BY_PEER = 2;
/** We reset it: frames that were on their way are expected for a while. */
export const RESET_BY_US = 3;

/** More than can be open at once, so that resetting them all forgets none of them. */
const REMEMBERED = 512;

export class ClosedStreams {
  /** Odd 31-bit ids without their last bit, and how each stream ended in the two bits below. */
  readonly #entries = new Int32Array(REMEMBERED);
  #next = 0;

  add(streamId: number, how: number): void {
    this.#entries[this.#next] = ((streamId >> 1) << 2) | how;
    this.#next = (this.#next + 1) % REMEMBERED;
  }

  /** How a stream ended. */
  get(streamId: number): number {
    const id = (streamId >> 1) << 2;
    for (const entry of this.#entries) {
      if ((entry & ~3) === id && entry !== 0) return entry & 3;
    }
    return UNKNOWN;
  }
}

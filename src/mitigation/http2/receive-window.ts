/**
 * What the client may still send, on a stream or on the whole connection (RFC 9113 section 5.2). The window is opened
 * again in large steps, and only for octets that somebody has taken.
 */
export class ReceiveWindow {
  readonly #size: number;
  #left: number;
  #taken = 0;

  /** @param left octets that the client may send now; `size` is what it is brought back to */
  constructor(left: number, size: number) {
    this.#left = left;
    this.#size = size;
  }

  /** Octets have come; false where they were not allowed. */
  receive(length: number): boolean {
    this.#left -= length;
    return this.#left >= 0;
  }

  /** So many octets are not held any more. */
  take(length: number): void {
    this.#taken += length;
  }

  /** By how much the window is to be opened now; 0 while that is not worth a frame. */
  increment(): number {
    const taken = this.#taken;
    if (taken * 2 < this.#size) return 0;
    this.#left += taken;
    this.#taken = 0;
    return taken;
  }
}

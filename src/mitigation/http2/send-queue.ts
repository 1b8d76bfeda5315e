/**
 * Data of one stream that waits for a window or for the socket.
 *
 * Small pieces are copied, as they would keep the whole chunk alive that they lie in. How much may wait is decided by
 * whoever fills the queue.
 */

/** Pieces from this size on are kept where they are. */
const KEEP_BYTES = 16_384;
/** What a queue takes before it is full; pieces are bounded since each costs memory however small it is. */
const FULL_BYTES = 65_536;
const FULL_PIECES = 64;

export class SendQueue {
  readonly #pieces: Buffer[] = [];
  /** Octets of the first piece that are sent. */
  #sent = 0;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** Whether so many octets or pieces wait that the next ones should not come. */
  get full(): boolean {
    return this.#length >= FULL_BYTES || this.#pieces.length >= FULL_PIECES;
  }

  push(bytes: Buffer, start: number, end: number): void {
    if (start === end) return;
    const piece = bytes.subarray(start, end);
    this.#pieces.push(end - start >= KEEP_BYTES ? piece : Buffer.from(piece));
    this.#length += end - start;
  }

  /** Moves the first `length` octets to `target` at `at`; there are at least so many. */
  take(target: Buffer, at: number, length: number): void {
    let to = at;
    let left = length;
    while (left > 0) {
      const piece = this.#pieces[0]!;
      const taken = Math.min(left, piece.length - this.#sent);
      piece.copy(target, to, this.#sent, this.#sent + taken);
      to += taken;
      left -= taken;
      this.#sent += taken;
      if (this.#sent === piece.length) {
        this.#pieces.shift();
        this.#sent = 0;
      }
    }
    this.#length -= length;
  }

  clear(): void {
    if (this.#length === 0) return;
    this.#pieces.length = 0;
    this.#sent = 0;
    this.#length = 0;
  }
}

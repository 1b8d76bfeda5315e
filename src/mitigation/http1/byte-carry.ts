/**
 * Octets that have arrived before they could be used: the start of a head, or pipelined requests.
 *
 * Grows by doubling, so that a head in one-byte pieces is copied a constant number of times per octet.
 */
export class ByteCarry {
  #buffer: Buffer | null = null;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  append(bytes: Buffer): void {
    const needed = this.#length + bytes.length;
    if (this.#buffer === null || this.#buffer.length < needed) {
      const grown = Buffer.allocUnsafeSlow(Math.max(needed, this.#length * 2, 512));
      this.#buffer?.copy(grown, 0, 0, this.#length);
      this.#buffer = grown;
    }
    bytes.copy(this.#buffer, this.#length);
    this.#length = needed;
  }

  /** What has been collected, still held here. */
  view(): Buffer {
    return this.#buffer === null ? EMPTY : this.#buffer.subarray(0, this.#length);
  }

  /** What has been collected, handed over. */
  take(): Buffer {
    const view = this.view();
    this.#buffer = null;
    this.#length = 0;
    return view;
  }
}

const EMPTY: Buffer = Buffer.alloc(0);

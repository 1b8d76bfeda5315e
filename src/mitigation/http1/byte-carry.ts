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

  /**
   * Appends octets that nobody will change. Where they are most of their memory and the first, they are not copied:
   * what is left of a row of requests would otherwise be copied for each of them.
   */
  adopt(bytes: Buffer): void {
    if (this.#length > 0 || bytes.length * 2 < bytes.buffer.byteLength) {
      this.append(bytes);
    } else {
      this.#buffer = bytes;
      this.#length = bytes.length;
    }
  }

  /** Appends a copy. */
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

/**
 * What all workers of the node count together: open connections and TLS handshakes in progress.
 *
 * A gauge is one word of shared memory, raised only by compare-and-exchange against the limit, so the limit holds
 * exactly however many threads ask at once. Each gauge has a cache line of its own.
 */
const CACHE_LINE_WORDS = 16;

export class SharedGauge {
  readonly #words: Int32Array;
  readonly #at: number;

  constructor(words: Int32Array, at: number) {
    this.#words = words;
    this.#at = at;
  }

  /** Takes one unit unless `max` are taken. */
  tryAcquire(max: number): boolean {
    for (;;) {
      const value = Atomics.load(this.#words, this.#at);
      if (value >= max) return false;
      if (Atomics.compareExchange(this.#words, this.#at, value, value + 1) === value) return true;
    }
  }

  /** Gives one unit back; false, and nothing happens, where none is taken. */
  release(): boolean {
    for (;;) {
      const value = Atomics.load(this.#words, this.#at);
      if (value <= 0) return false;
      if (Atomics.compareExchange(this.#words, this.#at, value, value - 1) === value) return true;
    }
  }

  value(): number {
    return Atomics.load(this.#words, this.#at);
  }
}

export function createConnectionCountsMemory(): SharedArrayBuffer {
  return new SharedArrayBuffer(2 * CACHE_LINE_WORDS * 4);
}

export class ConnectionCounts {
  readonly connections: SharedGauge;
  readonly handshakes: SharedGauge;

  /** Joins the counts; the memory comes from `createConnectionCountsMemory` and is shared by all threads. */
  constructor(memory: SharedArrayBuffer) {
    const words = new Int32Array(memory);
    this.connections = new SharedGauge(words, 0);
    this.handshakes = new SharedGauge(words, CACHE_LINE_WORDS);
  }
}

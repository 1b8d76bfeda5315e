/**
 * Simulated time: what is to happen when, in one order that never changes.
 *
 * One happening is taken at a time, the earliest first and of those that fall together the one that was planned first.
 * Behind each, all promises are left to run until nobody does anything any more; only then does time go on. So the order
 * in which the host runs promises never decides who comes first.
 */

interface Happening {
  readonly atMs: number;
  readonly order: number;
  run: (() => void) | null;
}

/** Turns of the host's event loop without any news after which all promises have run. */
const QUIET_TURNS = 2;
/** Whoever is still busy after so many turns is never done. */
const TURNS_MAX = 10_000;

export class Schedule {
  /** A heap: no happening is earlier than the one at half its place. */
  readonly #heap: Happening[] = [];
  #nowMs = 0;
  #planned = 0;

  /** Milliseconds since the simulation began, as nobody in it can read them. */
  get nowMs(): number {
    return this.#nowMs;
  }

  /** Plans; the answer takes that back and is harmless afterwards. */
  after(delayMs: number, run: () => void): () => void {
    this.#planned += 1;
    const happening: Happening = {
      atMs: this.#nowMs + Math.max(0, delayMs),
      order: this.#planned,
      run,
    };
    this.#push(happening);
    return () => {
      happening.run = null;
    };
  }

  /** Lets everything happen that is due within `durationMs`. */
  async pass(durationMs: number): Promise<void> {
    const endMs = this.#nowMs + durationMs;
    await this.#quiet();
    for (let next = this.#heap[0]; next !== undefined && next.atMs <= endMs; next = this.#heap[0]) {
      this.#pop();
      const { run, atMs } = next;
      if (run === null) continue;
      this.#nowMs = atMs;
      run();
      await this.#quiet();
    }
    this.#nowMs = endMs;
  }

  /** Whoever does anything plans something, at least that an answer arrives. */
  async #quiet(): Promise<void> {
    let quietTurns = 0;
    for (let turn = 0; turn < TURNS_MAX && quietTurns < QUIET_TURNS; turn++) {
      const before = this.#planned;
      await new Promise((resolve) => setImmediate(resolve));
      quietTurns = this.#planned === before ? quietTurns + 1 : 0;
    }
  }

  #push(happening: Happening): void {
    const heap = this.#heap;
    let at = heap.push(happening) - 1;
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (isBefore(heap[above]!, happening)) break;
      heap[at] = heap[above]!;
      at = above;
    }
    heap[at] = happening;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      if (below >= heap.length) break;
      if (below + 1 < heap.length && isBefore(heap[below + 1]!, heap[below]!)) below += 1;
      if (isBefore(last, heap[below]!)) break;
      heap[at] = heap[below]!;
      at = below;
    }
    heap[at] = last;
  }
}

function isBefore(one: Happening, other: Happening): boolean {
  return one.atMs < other.atMs || (one.atMs === other.atMs && one.order < other.order);
}

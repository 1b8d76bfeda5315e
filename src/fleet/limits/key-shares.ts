/** Who holds how much of one key of a fleet-wide limit; the sums are kept, so a report costs the same in any fleet. */

export interface Holding {
  /** What the node was told last. */
  readonly told: number;
  /** At most so much passes there in any window from the last report on: what it may have in force, or has used. */
  readonly held: number;
}

const NOTHING: Holding = { told: 0, held: 0 };
/** How long a want that could not be met makes the others give back what they do not use. */
const SCARCE_MS = 2000;

export class KeyShares {
  readonly #holdings = new Map<string, Holding>();
  #told = 0;
  #held = 0;
  #scarceUntilMs = Number.NEGATIVE_INFINITY;
  /** The longest window that any node counts the key in. */
  windowMs = 0;

  get size(): number {
    return this.#holdings.size;
  }

  has(holder: string): boolean {
    return this.#holdings.has(holder);
  }

  toldToOthers(holder: string): number {
    return this.#told - this.#of(holder).told;
  }

  heldByOthers(holder: string): number {
    return this.#held - this.#of(holder).held;
  }

  set(holder: string, holding: Holding): void {
    this.delete(holder);
    this.#holdings.set(holder, holding);
    this.#told += holding.told;
    this.#held += holding.held;
  }

  /** False where there was nothing to take back. */
  delete(holder: string): boolean {
    const { told, held } = this.#of(holder);
    this.#told -= told;
    this.#held -= held;
    return this.#holdings.delete(holder);
  }

  /** The word to a node has run out; what it may have used by then still counts. */
  lapse(holder: string): void {
    const { held } = this.#of(holder);
    if (this.#holdings.has(holder)) this.set(holder, { told: 0, held });
  }

  isScarce(nowMs: number): boolean {
    return nowMs < this.#scarceUntilMs;
  }

  noteWant(nowMs: number): void {
    this.#scarceUntilMs = nowMs + SCARCE_MS;
  }

  #of(holder: string): Holding {
    return this.#holdings.get(holder) ?? NOTHING;
  }
}

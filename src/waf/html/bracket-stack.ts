/** The open brackets of a script with what is known of each, as bits; bounded, what is deeper is forgotten. */

const DEPTH_MAX = 64;

export class BracketStack {
  readonly #flags = new Uint8Array(DEPTH_MAX);
  #depth = 0;
  /** The bits of the bracket closed last. */
  closed = 0;

  open(flags: number): void {
    if (this.#depth === DEPTH_MAX) return;
    this.#flags[this.#depth] = flags;
    this.#depth += 1;
  }

  close(): void {
    if (this.#depth > 0) this.#depth -= 1;
    else this.#flags[0] = 0;
    this.closed = this.#flags[this.#depth]!;
  }

  /** The bits of the innermost bracket; 0 outside of all. */
  get innermost(): number {
    return this.#depth === 0 ? 0 : this.#flags[this.#depth - 1]!;
  }

  mark(flags: number): void {
    if (this.#depth > 0) this.#flags[this.#depth - 1]! |= flags;
  }
}

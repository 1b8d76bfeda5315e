/** How many refusals one worker holds back at once; beyond that they are answered without delay. */
export const TARPIT_MAX = 1024;

export class Tarpit {
  #waiting = 0;

  /** Takes a place; false where there is none. Whoever got one gives it back once, with `leave`. */
  enter(): boolean {
    if (this.#waiting >= TARPIT_MAX) return false;
    this.#waiting++;
    return true;
  }

  leave(): void {
    this.#waiting--;
  }

  get waiting(): number {
    return this.#waiting;
  }
}

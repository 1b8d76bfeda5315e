/**
 * Remembers header values in which nothing was found: browsers send the same ones with every request, and comparing
 * is cheaper than looking again.
 *
 * Two generations of at most 256 values each, none longer than 512 characters; when the younger is full the older is
 * forgotten. A client that sends ever new values costs others no more than the look that they would have cost.
 */

const GENERATION_MAX = 256;
const CHARACTERS_MAX = 512;

export class CleanValues {
  #young = new Set<string>();
  #old = new Set<string>();

  has(value: string): boolean {
    if (this.#young.has(value)) return true;
    if (!this.#old.has(value)) return false;
    this.add(value);
    return true;
  }

  add(value: string): void {
    if (value.length > CHARACTERS_MAX) return;
    if (this.#young.size >= GENERATION_MAX) {
      this.#old = this.#young;
      this.#young = new Set();
    }
    this.#young.add(value);
  }
}

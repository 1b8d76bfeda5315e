/**
 * Where the next occurrence of a few marks is, remembered: however often readers ask from the same stretch of a
 * text, every stretch is searched once for each mark, so that reading from many places stays linear.
 */

/** The marks that end strings, names and comments, by index. */
const MARKS = ["'", '"', '`', '*/', '\n', '\r', ']', '$$'] as const;
export type Mark = (typeof MARKS)[number];

export class Landmarks {
  readonly #text: string;
  /** For each mark: searched from here … */
  readonly #from = [0, 0, 0, 0, 0, 0, 0, 0];
  /** … and found here; -1 before the first search. */
  readonly #found = [-1, -1, -1, -1, -1, -1, -1, -1];

  constructor(text: string) {
    this.#text = text;
  }

  /** The index of the first such mark at or behind `start`; the text's length where there is none. */
  next(mark: Mark, start: number): number {
    const index = MARKS.indexOf(mark);
    const found = this.#found[index]!;
    if (found >= start && this.#from[index]! <= start) return found;
    const next = this.#text.indexOf(mark, start);
    this.#from[index] = start;
    this.#found[index] = next === -1 ? this.#text.length : next;
    return this.#found[index];
  }
}

/** Lines of one worker on their way to the main thread, some at a time. */

const DELAY_MS = 50;
/** Characters that are sent on without waiting longer. */
const CHARACTERS_MAX = 262_144;

export class LineBatch {
  readonly #send: (lines: string) => void;
  #lines = '';
  #timer: NodeJS.Timeout | null = null;

  constructor(send: (lines: string) => void) {
    this.#send = send;
  }

  /** @param lines whole lines with their line feeds */
  add(lines: string): void {
    this.#lines += lines;
    if (this.#lines.length >= CHARACTERS_MAX) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), DELAY_MS);
  }

  /** Sends everything at once. */
  flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#lines === '') return;
    const lines = this.#lines;
    this.#lines = '';
    this.#send(lines);
  }
}

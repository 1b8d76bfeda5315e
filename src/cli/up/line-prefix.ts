/**
 * Cuts the output of a child into lines and puts the child's name before each one.
 *
 * Bytes are decoded once a line is complete, so a character that arrives in two pieces stays whole. A line that
 * never ends is handed on in pieces of LINE_BYTES_MAX.
 */

const LINE_BYTES_MAX = 65_536;
const NEWLINE = 0x0a;

export class LinePrefix {
  readonly #prefix: string;
  readonly #write: (line: string) => void;
  #rest: Buffer = Buffer.alloc(0);

  /** `write` gets whole lines, each with its prefix and its newline. */
  constructor(prefix: string, write: (line: string) => void) {
    this.#prefix = prefix;
    this.#write = write;
  }

  push(chunk: Buffer): void {
    let text = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    for (let end = lineEnd(text); end !== -1; end = lineEnd(text)) {
      this.#emit(text.subarray(0, end));
      text = text.subarray(text[end] === NEWLINE ? end + 1 : end);
    }
    // A copy, because the chunk's memory may belong to a larger buffer.
    this.#rest = Buffer.from(text);
  }

  /** Hands on a last line without a newline. */
  end(): void {
    if (this.#rest.length > 0) this.#emit(this.#rest);
    this.#rest = Buffer.alloc(0);
  }

  #emit(line: Buffer): void {
    this.#write(`${this.#prefix}${line.toString('utf8')}\n`);
  }
}

/** Where the first line ends, or has to end; -1 when more is to come. */
function lineEnd(text: Buffer): number {
  const newline = text.indexOf(NEWLINE);
  if (newline !== -1 && newline <= LINE_BYTES_MAX) return newline;
  return text.length > LINE_BYTES_MAX ? LINE_BYTES_MAX : -1;
}

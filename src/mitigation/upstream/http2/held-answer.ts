/**
 * The head of an answer and the latest run of its data, held until it is known what follows in the same read: so the
 * head leaves with the first data, and the end with the last.
 */
import type { ResponseHead } from '../../../http/response-head.ts';
import type { OriginListener } from '../../exchange/origin-stream.ts';

export class HeldAnswer {
  #head: ResponseHead | null = null;
  #bytes: Buffer = NO_BYTES;
  #start = 0;
  #end = 0;

  /** Whether the head has not been passed on yet. */
  get hasHead(): boolean {
    return this.#head !== null;
  }

  get hasData(): boolean {
    return this.#end > this.#start;
  }

  holdHead(head: ResponseHead): void {
    this.#head = head;
  }

  /** Holds one run; the one before has been passed on. */
  holdData(bytes: Buffer, start: number, end: number): void {
    this.#bytes = bytes;
    this.#start = start;
    this.#end = end;
  }

  /** Passes on what is held; `done` where the answer ends with it. */
  pass(listener: OriginListener, done: boolean): void {
    const head = this.#head;
    const bytes = this.#bytes;
    const start = this.#start;
    const end = this.#end;
    this.clear();
    if (head === null) listener.onResponseData(bytes, start, end, done);
    else listener.onResponse(head, bytes, start, end, done);
  }

  /** What was read is not kept alive by a stream that waits. */
  clear(): void {
    this.#head = null;
    this.#bytes = NO_BYTES;
    this.#start = 0;
    this.#end = 0;
  }
}

const NO_BYTES: Buffer = Buffer.alloc(0);

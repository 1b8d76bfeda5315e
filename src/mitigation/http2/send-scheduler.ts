/**
 * Which stream's data goes out next: whoever has data, a window and the socket's attention, in turns of one frame.
 *
 * Data that meets no obstacle does not pass through here at all but for `sendNow`: it goes straight into the output.
 */
import { DEFAULT_FRAME_SIZE, DEFAULT_WINDOW, WINDOW_MAX } from '../../http/http2/frame-types.ts';
import type { AbuseBudget } from './abuse-budget.ts';
import type { FrameOutput } from './frame-output.ts';
import type { SendQueue } from './send-queue.ts';

/** A stream that sends data. */
export interface Sender {
  readonly id: number;
  /** What the client takes on this stream now; may be negative (RFC 9113 section 6.9.2). */
  sendWindow: number;
  readonly queue: SendQueue;
  /** Whether the stream ends behind what is in the queue. */
  readonly endsBehindQueue: boolean;
  /** Whether it stands in the line; the scheduler keeps it. */
  inLine: boolean;
  /** Octets have left the queue. */
  onSent(bytes: number): void;
}

export class SendScheduler {
  readonly #output: FrameOutput;
  readonly #budget: AbuseBudget;
  readonly #line: Sender[] = [];
  /** Octets in the queues of all streams; the streams keep it. */
  waitingBytes = 0;
  #window = DEFAULT_WINDOW;

  constructor(output: FrameOutput, budget: AbuseBudget) {
    this.#output = output;
    this.#budget = budget;
  }

  /** What the client takes on the whole connection now. */
  get window(): number {
    return this.#window;
  }

  /** The client takes more; false where that is more than there can be (RFC 9113 section 6.9.1). */
  widen(increment: number): boolean {
    this.#window += increment;
    return this.#window <= WINDOW_MAX;
  }

  /**
   * Sends what can be sent of `bytes[start, end)` at once, `ends` telling that the stream ends there; returns how far it
   * came. Whoever waits is not passed by.
   */
  sendNow(stream: Sender, bytes: Buffer, start: number, end: number, ends: boolean): number {
    if (this.#output.blocked || this.#line.length > 0) return start;
    let at = start;
    while (at < end) {
      const length = Math.min(end - at, DEFAULT_FRAME_SIZE, stream.sendWindow, this.#window);
      if (length <= 0 || this.#output.blocked) return at;
      this.#output.data(stream.id, bytes, at, at + length, ends && at + length === end);
      at += length;
      this.#spend(stream, length, at === end);
    }
    return at;
  }

  /** A stream has data in its queue, or a window for what it has. */
  enqueue(stream: Sender): void {
    if (stream.inLine || stream.queue.length === 0 || stream.sendWindow <= 0) return;
    stream.inLine = true;
    this.#line.push(stream);
  }

  /** The stream is over. */
  remove(stream: Sender): void {
    if (!stream.inLine) return;
    stream.inLine = false;
    this.#line.splice(this.#line.indexOf(stream), 1);
  }

  /** Sends as much as windows and socket take. */
  pump(): void {
    while (this.#line.length > 0 && this.#window > 0 && !this.#output.blocked) {
      const stream = this.#line.shift()!;
      stream.inLine = false;
      const { queue } = stream;
      const length = Math.min(queue.length, DEFAULT_FRAME_SIZE, stream.sendWindow, this.#window);
      if (length <= 0) continue;
      const ends = stream.endsBehindQueue && length === queue.length;
      this.#output.dataFrom(queue, stream.id, length, ends);
      this.#spend(stream, length, false);
      this.waitingBytes -= length;
      this.enqueue(stream);
      stream.onSent(length);
    }
  }

  /** @param whole whether no window has cut the data */
  #spend(stream: Sender, length: number, whole: boolean): void {
    stream.sendWindow -= length;
    this.#window -= length;
    this.#budget.sent(length, whole);
  }
}

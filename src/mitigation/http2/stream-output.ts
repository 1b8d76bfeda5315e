/**
 * The answer half of a stream: what of it has been said, what waits for a window or for the socket, and until when the
 * client has to have taken that.
 *
 * The origin is let go on until a bounded queue is full, so that an answer that fits there holds no place at the origin
 * while the client does not read. Where much waits on the connection or in the worker, it is held back at once.
 *
 * What waits has to be gone at the least pace that answers must have, with some grace: as much as waits at one moment is
 * given a time, and when it is gone what waits then is given the next one.
 */
import type { FieldBlock } from '../../http/field-block.ts';
import type { HpackEncoder } from '../../http/hpack/encoder.ts';
import { encodeTrailers } from '../../http/http2/write-head.ts';
import { patienceMs } from '../exchange/pace.ts';
import type { TrafficContext } from '../traffic-context.ts';
import { copyFieldBlock } from './copy-field-block.ts';
import type { FrameOutput } from './frame-output.ts';
import { SendQueue } from './send-queue.ts';
import type { Sender, SendScheduler } from './send-scheduler.ts';

/** What the half needs of its connection. */
export interface StreamOutputHost {
  readonly context: TrafficContext;
  readonly output: FrameOutput;
  readonly scheduler: SendScheduler;
  readonly encoder: HpackEncoder;
}

export interface StreamOutputOwner {
  /** The least pace at which the client has to read, in octets; 0 for any. */
  readonly bytesPerSecondMin: number;
  /** What had to wait is out. */
  onDrained(): void;
}

/** Octets that may wait on one connection before its origins are held back at once. */
const CONNECTION_AHEAD_MAX = 1 << 20;
/** The same in the worker, as a part of what it may hold of bodies. */
const WORKER_AHEAD_SHARE = 0.25;

/** From when on a stream that cannot send counts as standing still. */
const STALL_MS = 5000;

export class StreamOutput implements Sender {
  readonly id: number;
  sendWindow: number;
  readonly queue: SendQueue = new SendQueue();
  inLine = false;
  /** Whether END_STREAM is behind what is in the queue, or out if that is empty. */
  ended = false;
  readonly #host: StreamOutputHost;
  readonly #owner: StreamOutputOwner;
  #trailers: FieldBlock | null = null;
  /** While data waits: when as much as waited then has to be gone, and how much of that is left. */
  #drainDeadlineMs = Number.POSITIVE_INFINITY;
  #drainLeft = 0;
  #movedMs = 0;

  /** @param sendWindow what the client takes at the start */
  constructor(id: number, host: StreamOutputHost, sendWindow: number, owner: StreamOutputOwner) {
    this.id = id;
    this.#host = host;
    this.sendWindow = sendWindow;
    this.#owner = owner;
  }

  get endsBehindQueue(): boolean {
    return this.ended && this.#trailers === null;
  }

  /** Whether everything that there was to say is out. */
  get over(): boolean {
    return this.ended && this.queue.length === 0;
  }

  /** Sends the field block that the encoder has written. */
  sendBlock(ends: boolean): void {
    const { encoder, output } = this.#host;
    if (ends) this.ended = true;
    output.headers(this.id, encoder.bytes, encoder.length, ends);
  }

  /** Sends data, or lets it wait: false where no more should come before `onDrained`. */
  sendData(bytes: Buffer, start: number, end: number, done: boolean): boolean {
    if (done) this.ended = true;
    if (this.queue.length === 0) {
      if (start === end) {
        if (done) this.#host.output.data(this.id, bytes, 0, 0, true);
        return true;
      }
      const sent = this.#host.scheduler.sendNow(this, bytes, start, end, done);
      if (sent === end) return true;
      this.#wait(bytes, sent, end);
      this.#movedMs = this.#host.context.clock.nowMs();
      this.#expectDrain();
    } else {
      this.#wait(bytes, start, end);
    }
    this.#host.scheduler.enqueue(this);
    return this.#mayGoAhead;
  }

  /** Ends the answer with trailers; false where they wait behind data. */
  sendTrailers(trailers: FieldBlock): boolean {
    this.ended = true;
    if (this.queue.length === 0) this.#writeTrailers(trailers);
    else this.#trailers = copyFieldBlock(trailers);
    return this.queue.length === 0;
  }

  /** Data has left the queue. */
  onSent(bytes: number): void {
    const { context } = this.#host;
    context.answerBytes -= bytes;
    this.#movedMs = context.clock.nowMs();
    this.#drainLeft -= bytes;
    if (this.queue.length > 0) {
      if (this.#drainLeft <= 0) this.#expectDrain();
      return;
    }
    this.#drainDeadlineMs = Number.POSITIVE_INFINITY;
    const trailers = this.#trailers;
    this.#trailers = null;
    if (trailers !== null) this.#writeTrailers(trailers);
    this.#owner.onDrained();
  }

  /** Whether data waits for the client. */
  get waiting(): boolean {
    return this.#drainDeadlineMs !== Number.POSITIVE_INFINITY;
  }

  /** Whether the client has taken too long over what waits. */
  isOverdue(nowMs: number): boolean {
    return this.#drainDeadlineMs <= nowMs;
  }

  /** Whether data has waited for a while because of a window. */
  isStalled(nowMs: number): boolean {
    if (!this.waiting || nowMs - this.#movedMs <= STALL_MS) return false;
    return this.sendWindow <= 0 || this.#host.scheduler.window <= 0;
  }

  /** The stream is over, and nothing more goes out. */
  stop(): void {
    const { scheduler, context } = this.#host;
    scheduler.remove(this);
    context.answerBytes -= this.queue.length;
    scheduler.waitingBytes -= this.queue.length;
    this.queue.clear();
  }

  #wait(bytes: Buffer, start: number, end: number): void {
    this.queue.push(bytes, start, end);
    this.#host.scheduler.waitingBytes += end - start;
    this.#host.context.answerBytes += end - start;
  }

  /** Whether the origin may go on while something waits. */
  get #mayGoAhead(): boolean {
    const { context, scheduler } = this.#host;
    if (this.queue.full || scheduler.waitingBytes >= CONNECTION_AHEAD_MAX) return false;
    return context.answerBytes < context.snapshot.http.bufferedBytesMax * WORKER_AHEAD_SHARE;
  }

  #expectDrain(): void {
    this.#drainLeft = this.queue.length;
    const patience = patienceMs(this.#drainLeft, this.#owner.bytesPerSecondMin);
    this.#drainDeadlineMs = this.#host.context.clock.nowMs() + patience;
  }

  #writeTrailers(trailers: FieldBlock): void {
    const { encoder, output } = this.#host;
    if (encodeTrailers(encoder, trailers)) output.headers(this.id, encoder.bytes, encoder.length, true);
    else output.data(this.id, NO_BYTES, 0, 0, true);
  }
}

const NO_BYTES: Buffer = Buffer.alloc(0);

/**
 * The streams of one connection: which are open, how the others ended, and what a frame for one of them may do
 * (RFC 9113 section 5.1).
 *
 * Each stream is counted from the end of its field block until its exchange is over and its answer is out; a stream that
 * was reset is over at once, with all that was done for it. The compression state lives here too: it is kept in step also
 * by blocks whose streams are refused.
 */
import { faultOf } from '../../http/faults.ts';
import { HpackDecoder } from '../../http/hpack/decoder.ts';
import { HpackEncoder } from '../../http/hpack/encoder.ts';
import { type FieldSink, NO_SINK } from '../../http/hpack/field-sink.ts';
import type { FrameReader } from '../../http/http2/frame-reader.ts';
import * as h2 from '../../http/http2/frame-types.ts';
import { isMalformed } from '../../http/http2/read-request.ts';
import type { ConnectionFacts } from '../exchange/connection-facts.ts';
import type { TrafficContext } from '../traffic-context.ts';
import type { AbuseBudget } from './abuse-budget.ts';
import * as cost from './abuse-budget.ts';
import { ClosedStreams, ENDED, RESET_BY_PEER, RESET_BY_US, UNKNOWN } from './closed-streams.ts';
import type { FrameOutput } from './frame-output.ts';
import type { HeaderBlock } from './header-block.ts';
import type { Http2Policy } from './http2-policy.ts';
import { ReceiveWindow } from './receive-window.ts';
import type { SendScheduler } from './send-scheduler.ts';
import type { SessionStreams } from './session.ts';
import { Http2Stream, type StreamHost } from './stream.ts';
import { TouchedStreams } from './touched-streams.ts';

/** Data that may wait for one client before origins hear of further requests. */
const WAITING_MAX = 4 << 20;
/** Heads of its requests that may be held, which compression makes out of a few octets; further streams are refused. */
const HEAD_BYTES_MAX = 1 << 20;

export interface StreamTableParts {
  readonly facts: ConnectionFacts;
  readonly context: TrafficContext;
  readonly policy: Http2Policy;
  readonly output: FrameOutput;
  readonly scheduler: SendScheduler;
  readonly budget: AbuseBudget;
  /** The last stream has ended. */
  readonly onEmpty: () => void;
}

export class StreamTable implements StreamHost, SessionStreams {
  readonly facts: ConnectionFacts;
  readonly context: TrafficContext;
  readonly output: FrameOutput;
  readonly scheduler: SendScheduler;
  readonly encoder: HpackEncoder = new HpackEncoder();
  /** The highest stream that was looked at: what a GOAWAY names, which must not rise (section 6.8). */
  lastTakenId = 0;
  readonly #policy: Http2Policy;
  readonly #budget: AbuseBudget;
  readonly #onEmpty: () => void;
  readonly #decoder: HpackDecoder;
  readonly #streams = new Map<number, Http2Stream>();
  readonly #closed: ClosedStreams = new ClosedStreams();
  readonly #touched: TouchedStreams = new TouchedStreams();
  readonly #window: ReceiveWindow;
  #sendWindow: number = h2.DEFAULT_WINDOW;
  /** The highest stream that the client has opened. */
  #lastId = 0;
  /** Octets of the heads of all streams. */
  #headBytes = 0;
  #refusing = false;
  /** Whether requests that waited need not wait any more. */
  #released = false;
  /** The stream that the DATA frame at hand is for; null where it is thrown away. */
  #dataStream: Http2Stream | null = null;

  constructor({ facts, context, policy, output, scheduler, budget, onEmpty }: StreamTableParts) {
    this.facts = facts;
    this.context = context;
    this.output = output;
    this.scheduler = scheduler;
    this.#policy = policy;
    this.#budget = budget;
    this.#onEmpty = onEmpty;
    this.#decoder = new HpackDecoder(h2.DEFAULT_HEADER_TABLE_SIZE, context.headReaders.room);
    this.#window = new ReceiveWindow(policy.connectionWindowBytes, policy.connectionWindowBytes);
  }

  get size(): number {
    return this.#streams.size;
  }

  /** Whether `act` has something to do again. */
  get hasReleased(): boolean {
    return this.#released;
  }

  /** No more streams are taken. */
  refuseNew(): void {
    this.#refusing = true;
  }

  onSettingsAcknowledged(): void {
    const { headerTableBytes } = this.#policy;
    if (headerTableBytes !== h2.DEFAULT_HEADER_TABLE_SIZE) this.#decoder.setLimit(headerTableBytes);
  }

  /** New streams begin with `size`, and open ones get the difference (section 6.9.2); false where one gets too much. */
  setSendWindow(size: number, difference: number): boolean {
    this.#sendWindow = size;
    if (difference === 0) return true;
    for (const stream of this.#streams.values()) {
      const { output } = stream;
      output.sendWindow += difference;
      if (output.sendWindow > h2.WINDOW_MAX) return false;
      this.scheduler.enqueue(output);
    }
    return true;
  }

  /** A whole field block; returns `NO_ERROR` or a connection error, as the next ones do. */
  receiveHeaders(block: HeaderBlock): number {
    const { streamId } = block;
    const stream = this.#streams.get(streamId);
    if (stream !== undefined) return this.#receiveTrailers(stream, block);
    if (streamId > this.#lastId) {
      this.#lastId = streamId;
      if (!this.#refusing) this.lastTakenId = streamId;
      return this.#hasRoom() ? this.#open(block) : this.#refuse(block);
    }
    if (!this.#decode(block, NO_SINK)) return h2.COMPRESSION_ERROR;
    // Ids only rise (section 5.1.1): one that was passed over can never be used.
    if (this.#closed.get(streamId) === UNKNOWN) return h2.PROTOCOL_ERROR;
    return this.#onFrameAfterEnd(streamId);
  }

  /** A DATA frame, or the next run of one. */
  receiveData(reader: FrameReader): number {
    if (reader.first) {
      const code = this.#beginData(reader);
      if (code !== h2.NO_ERROR) return code;
    }
    const { bytes, start, end } = reader;
    const stream = this.#dataStream;
    if (stream === null) {
      this.takeInput(end - start);
      return h2.NO_ERROR;
    }
    const ends = reader.last && (reader.flags & h2.FLAG_END_STREAM) !== 0;
    const run = start === 0 && end === bytes.length ? bytes : bytes.subarray(start, end);
    this.#touched.add(stream);
    if (!stream.receive(run, ends)) {
      this.takeInput(run.length);
      this.#provoked(stream, h2.PROTOCOL_ERROR);
    }
    return h2.NO_ERROR;
  }

  /** RST_STREAM from the client. */
  cancel(streamId: number): number {
    if (this.#isIdle(streamId)) return h2.PROTOCOL_ERROR;
    const stream = this.#streams.get(streamId);
    if (stream === undefined) {
      this.#budget.spend(cost.IDLE_FRAME);
      return h2.NO_ERROR;
    }
    this.#budget.spend(stream.answering ? cost.CANCELLED_LATE : cost.CANCELLED);
    this.#remove(stream, RESET_BY_PEER);
    return h2.NO_ERROR;
  }

  /** WINDOW_UPDATE for a stream. */
  widen(streamId: number, increment: number): number {
    if (this.#isIdle(streamId)) return h2.PROTOCOL_ERROR;
    const stream = this.#streams.get(streamId);
    if (stream === undefined) return h2.NO_ERROR;
    const { output } = stream;
    output.sendWindow += increment;
    if (increment === 0) this.#provoked(stream, h2.PROTOCOL_ERROR);
    else if (output.sendWindow > h2.WINDOW_MAX) this.#provoked(stream, h2.FLOW_CONTROL_ERROR);
    else this.scheduler.enqueue(output);
    return h2.NO_ERROR;
  }

  /** A frame for a stream that was wrong in itself; where the stream is not open, the connection pays. */
  fault(streamId: number, code: number): number {
    const stream = this.#streams.get(streamId);
    if (stream === undefined) return code;
    this.#provoked(stream, code);
    return h2.NO_ERROR;
  }

  /**
   * The frames of one read are through: the exchanges hear of what they brought. New requests of a client that has
   * cancelled many wait for the next `sweep`; most of those it cancels as well are gone by then. They wait, too, until
   * the client has taken what is there for it already.
   *
   * @param mayGoOn asked behind each
   * @returns whether some have not heard of it yet that may
   */
  act(mayGoOn: () => boolean): boolean {
    const patient = this.#isCrowded() || (this.#budget.strained && !this.#released);
    const more = this.#touched.act(patient, mayGoOn);
    if (!more) this.#released = false;
    return more;
  }

  takeInput(bytes: number): void {
    this.#window.take(bytes);
    const increment = this.#window.increment();
    if (increment > 0) this.output.windowUpdate(0, increment);
  }

  onAnswered(stream: Http2Stream): void {
    this.#budget.answered();
    if (stream.input.closed) {
      this.#remove(stream, ENDED);
    } else {
      // The answer needs no more of the request (section 8.1).
      this.reset(stream, h2.NO_ERROR);
    }
  }

  reset(stream: Http2Stream, code: number): void {
    this.output.resetStream(stream.id, code);
    this.#remove(stream, RESET_BY_US);
  }

  /** Called a few times a second; returns how many streams stand still because of windows. */
  sweep(nowMs: number): number {
    this.#released = this.#touched.waiting > 0 && !this.#isCrowded();
    let stalled = 0;
    for (const stream of this.#streams.values()) {
      if (stream.sweep(nowMs)) stalled++;
    }
    return stalled;
  }

  drainTunnels(): void {
    for (const stream of this.#streams.values()) stream.drainTunnel();
  }

  /** The client sends no more: what it has asked for is still answered. */
  onInputEnd(): void {
    for (const stream of this.#streams.values()) stream.onInputEnd();
  }

  /** The connection is over. */
  endAll(): void {
    for (const stream of this.#streams.values()) stream.onGone();
    this.#streams.clear();
    this.#touched.clear();
    this.#dataStream = null;
  }

  #hasRoom(): boolean {
    if (this.#refusing || this.#streams.size >= this.#policy.concurrentStreamsMax) return false;
    return this.#headBytes <= HEAD_BYTES_MAX;
  }

  #isCrowded(): boolean {
    return this.scheduler.waitingBytes > WAITING_MAX;
  }

  #refuse(block: HeaderBlock): number {
    if (!this.#decode(block, NO_SINK)) return h2.COMPRESSION_ERROR;
    this.#budget.spend(cost.REFUSED);
    this.#closed.add(block.streamId, RESET_BY_US);
    this.output.resetStream(block.streamId, h2.REFUSED_STREAM);
    return h2.NO_ERROR;
  }

  #open(block: HeaderBlock): number {
    const { streamId, endStream } = block;
    const { streamWindowBytes } = this.#policy;
    const stream = new Http2Stream(streamId, this, this.#sendWindow, streamWindowBytes);
    this.#streams.set(streamId, stream);
    const reader = this.context.headReaders.requests;
    reader.begin(stream.head, this.context.snapshot.http.requestLimits);
    if (!this.#decode(block, reader)) return h2.COMPRESSION_ERROR;
    const fault = reader.finish(endStream);
    stream.headBytes = stream.head.fields.end;
    this.#headBytes += stream.headBytes;
    this.#budget.spendBlock(block.end - block.start, stream.headBytes);
    if (fault === 0 && !block.selfDependent) {
      stream.open(endStream);
      this.#touched.add(stream);
    } else if (fault === 0 || isMalformed(fault)) {
      stream.noteFault(fault === 0 ? null : faultOf(fault));
      this.#provoked(stream, h2.PROTOCOL_ERROR);
    } else {
      this.#budget.spend(cost.REFUSED_BLOCK);
      stream.refuse(faultOf(fault), endStream);
    }
    return h2.NO_ERROR;
  }

  /** A second field block is the trailer section and ends the request (section 8.1). */
  #receiveTrailers(stream: Http2Stream, block: HeaderBlock): number {
    if (stream.input.closed) {
      if (!this.#decode(block, NO_SINK)) return h2.COMPRESSION_ERROR;
      this.#provoked(stream, h2.STREAM_CLOSED);
      return h2.NO_ERROR;
    }
    const reader = this.context.headReaders.trailers;
    reader.begin();
    if (!this.#decode(block, reader)) return h2.COMPRESSION_ERROR;
    const valid = reader.finish() === 0 && block.endStream && !block.selfDependent;
    this.#touched.add(stream);
    if (!valid || !stream.receiveTrailers(reader.trailers)) this.#provoked(stream, h2.PROTOCOL_ERROR);
    return h2.NO_ERROR;
  }

  #decode(block: HeaderBlock, sink: FieldSink): boolean {
    return this.#decoder.decode(block.bytes, block.start, block.end, sink) === 0;
  }

  #beginData({ streamId, length, flags, padding }: FrameReader): number {
    this.#dataStream = null;
    if (this.#isIdle(streamId)) return h2.PROTOCOL_ERROR;
    if (!this.#window.receive(length)) return h2.FLOW_CONTROL_ERROR;
    if ((flags & h2.FLAG_END_STREAM) === 0) this.#budget.spendData(length - padding);
    const stream = this.#streams.get(streamId);
    if (stream === undefined) {
      this.takeInput(padding);
      return this.#onFrameAfterEnd(streamId);
    }
    if (stream.input.closed) {
      this.#provoked(stream, h2.STREAM_CLOSED);
    } else if (!stream.input.admit(length)) {
      this.#provoked(stream, h2.FLOW_CONTROL_ERROR);
    } else {
      this.#dataStream = stream;
      stream.input.take(padding);
      return h2.NO_ERROR;
    }
    this.takeInput(padding);
    return h2.NO_ERROR;
  }

  /** HEADERS or DATA for a stream that is over. */
  #onFrameAfterEnd(streamId: number): number {
    switch (this.#closed.get(streamId)) {
      case RESET_BY_US:
        this.#budget.spend(cost.IDLE_FRAME);
        return h2.NO_ERROR;
      case RESET_BY_PEER:
        this.#budget.spend(cost.PROVOKED_RESET);
        this.output.resetStream(streamId, h2.STREAM_CLOSED);
        return h2.NO_ERROR;
      default:
        return h2.STREAM_CLOSED;
    }
  }

  /** Section 5.1: a stream that the client has not opened, or never can. */
  #isIdle(streamId: number): boolean {
    return (streamId & 1) === 0 || streamId > this.#lastId;
  }

  /** A stream error of the client's making. */
  #provoked(stream: Http2Stream, code: number): void {
    this.#budget.spend(cost.PROVOKED_RESET);
    this.reset(stream, code);
  }

  #remove(stream: Http2Stream, how: number): void {
    if (!this.#streams.delete(stream.id)) return;
    this.#closed.add(stream.id, how);
    this.#headBytes -= stream.headBytes;
    stream.acted = true;
    if (this.#dataStream === stream) this.#dataStream = null;
    stream.onGone();
    if (this.#streams.size === 0) this.#onEmpty();
  }
}

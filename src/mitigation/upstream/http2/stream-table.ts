/**
 * The streams of one connection to an origin: which are open, and what a frame for one of them may do (RFC 9113
 * section 5.1). What is wrong with one answer costs that stream; what is wrong with the connection is returned.
 *
 * A stream that was reset is forgotten at once, and what was still on its way for it is read over, at the expense of the
 * connection's budget.
 */
import { HpackDecoder } from '../../../http/hpack/decoder.ts';
import { HpackEncoder } from '../../../http/hpack/encoder.ts';
import { type FieldSink, NO_SINK } from '../../../http/hpack/field-sink.ts';
import type { FrameReader } from '../../../http/http2/frame-reader.ts';
import * as h2 from '../../../http/http2/frame-types.ts';
import { ResponseReader } from '../../../http/http2/read-response.ts';
import { TrailerReader } from '../../../http/http2/read-trailers.ts';
import type { OriginFault } from '../../exchange/origin-stream.ts';
import type { AbuseBudget } from '../../http2/abuse-budget.ts';
import * as cost from '../../http2/abuse-budget.ts';
import { ClosedStreams, ENDED, RESET_BY_PEER, RESET_BY_US } from '../../http2/closed-streams.ts';
import type { FrameOutput } from '../../http2/frame-output.ts';
import type { HeaderBlock } from '../../http2/header-block.ts';
import { ReceiveWindow } from '../../http2/receive-window.ts';
import type { SendScheduler } from '../../http2/send-scheduler.ts';
import type { SessionStreams } from '../../http2/session.ts';
import { CONNECTION_WINDOW_BYTES, RESPONSE_LIMITS } from './greeting.ts';
import type { Http2OriginStream } from './stream.ts';

export interface OriginStreamTableParts {
  readonly output: FrameOutput;
  readonly scheduler: SendScheduler;
  readonly budget: AbuseBudget;
  /** A stream broke; it is not in the table any more, and has not been told. */
  readonly onBroken: (stream: Http2OriginStream, fault: OriginFault) => void;
}

export class OriginStreamTable implements SessionStreams {
  readonly encoder: HpackEncoder = new HpackEncoder();
  /** The highest number that has been given to a stream. */
  lastId = -1;
  readonly #output: FrameOutput;
  readonly #scheduler: SendScheduler;
  readonly #budget: AbuseBudget;
  readonly #onBroken: (stream: Http2OriginStream, fault: OriginFault) => void;
  readonly #decoder: HpackDecoder = new HpackDecoder(h2.DEFAULT_HEADER_TABLE_SIZE);
  readonly #responses: ResponseReader = new ResponseReader();
  #trailers: TrailerReader | null = null;
  readonly #streams = new Map<number, Http2OriginStream>();
  readonly #closed: ClosedStreams = new ClosedStreams();
  /** Streams to which the current read has brought something that is held. */
  readonly #touched: Http2OriginStream[] = [];
  readonly #window: ReceiveWindow = new ReceiveWindow(CONNECTION_WINDOW_BYTES, CONNECTION_WINDOW_BYTES);
  #sendWindow: number = h2.DEFAULT_WINDOW;
  /** The stream that the DATA frame at hand is for; null where it is thrown away. */
  #dataStream: Http2OriginStream | null = null;

  constructor({ output, scheduler, budget, onBroken }: OriginStreamTableParts) {
    this.#output = output;
    this.#scheduler = scheduler;
    this.#budget = budget;
    this.#onBroken = onBroken;
  }

  /** Gives a stream the next number. */
  open(stream: Http2OriginStream): void {
    this.lastId += 2;
    stream.id = this.lastId;
    stream.sendWindow = this.#sendWindow;
    this.#streams.set(stream.id, stream);
  }

  /** The stream is over; `clean` where both sides had ended it. */
  close(stream: Http2OriginStream, clean: boolean): void {
    if (clean) this.#budget.answered();
    this.#remove(stream, clean ? ENDED : RESET_BY_US);
  }

  touch(stream: Http2OriginStream): void {
    if (stream.listed) return;
    stream.listed = true;
    this.#touched.push(stream);
  }

  /** The frames of one read are through: what is held is passed on. */
  act(): void {
    const touched = this.#touched;
    for (let i = 0; i < touched.length; i++) {
      const stream = touched[i]!;
      stream.listed = false;
      stream.flush();
    }
    touched.length = 0;
  }

  /** Breaks all streams above `lastId`, which the origin has not looked at (RFC 9113 section 6.8). */
  refuseAbove(lastId: number): void {
    for (const [id, stream] of this.#streams) if (id > lastId) this.#break(stream, 'unprocessed');
  }

  /** The connection is over. */
  breakAll(fault: OriginFault): void {
    for (const stream of this.#streams.values()) this.#break(stream, fault);
  }

  onSettingsAcknowledged(): void {
    // Nothing waits for it: the settings only allow for more than the defaults.
  }

  setSendWindow(size: number, difference: number): boolean {
    this.#sendWindow = size;
    if (difference === 0) return true;
    for (const stream of this.#streams.values()) {
      stream.sendWindow += difference;
      if (stream.sendWindow > h2.WINDOW_MAX) return false;
      this.#scheduler.enqueue(stream);
    }
    return true;
  }

  receiveHeaders(block: HeaderBlock): number {
    const { streamId, endStream } = block;
    if (streamId > this.lastId) return h2.PROTOCOL_ERROR;
    const stream = this.#streams.get(streamId);
    if (stream === undefined) {
      if (!this.#decode(block, NO_SINK)) return h2.COMPRESSION_ERROR;
      return this.#onFrameAfterEnd(streamId);
    }
    if (!stream.isWaiting) return this.#receiveTrailers(stream, block);
    const { head } = stream;
    const reader = this.#responses;
    reader.begin(head, RESPONSE_LIMITS, stream.method, stream.accept);
    if (!this.#decode(block, reader)) return h2.COMPRESSION_ERROR;
    const fault = reader.finish(endStream);
    this.#budget.spendBlock(block.end - block.start, head.fields.end);
    if (fault === 0) stream.receiveHead(endStream);
    else this.#fail(stream, h2.PROTOCOL_ERROR);
    return h2.NO_ERROR;
  }

  receiveData(reader: FrameReader): number {
    if (reader.first) {
      const code = this.#beginData(reader);
      if (code !== h2.NO_ERROR) return code;
    }
    const { bytes, start, end } = reader;
    this.#takeInput(end - start);
    const stream = this.#dataStream;
    if (stream === null) return h2.NO_ERROR;
    const ends = reader.last && (reader.flags & h2.FLAG_END_STREAM) !== 0;
    if (!stream.receive(bytes, start, end, ends)) this.#fail(stream, h2.PROTOCOL_ERROR);
    return h2.NO_ERROR;
  }

  /** RST_STREAM from the origin. */
  cancel(streamId: number, code: number): number {
    if (this.#isIdle(streamId)) return h2.PROTOCOL_ERROR;
    this.#budget.spend(cost.IDLE_FRAME);
    const stream = this.#streams.get(streamId);
    if (stream === undefined) return h2.NO_ERROR;
    this.#break(stream, faultOfReset(code), RESET_BY_PEER);
    return h2.NO_ERROR;
  }

  widen(streamId: number, increment: number): number {
    if (this.#isIdle(streamId)) return h2.PROTOCOL_ERROR;
    const stream = this.#streams.get(streamId);
    if (stream === undefined) return h2.NO_ERROR;
    stream.sendWindow += increment;
    if (increment === 0) this.#fail(stream, h2.PROTOCOL_ERROR);
    else if (stream.sendWindow > h2.WINDOW_MAX) this.#fail(stream, h2.FLOW_CONTROL_ERROR);
    else this.#scheduler.enqueue(stream);
    return h2.NO_ERROR;
  }

  fault(streamId: number, code: number): number {
    const stream = this.#streams.get(streamId);
    if (stream === undefined) return this.#isIdle(streamId) ? code : h2.NO_ERROR;
    this.#fail(stream, code);
    return h2.NO_ERROR;
  }

  /** A second field block is the trailer section and ends the answer (section 8.1). */
  #receiveTrailers(stream: Http2OriginStream, block: HeaderBlock): number {
    this.#trailers ??= new TrailerReader();
    const reader = this.#trailers;
    reader.begin();
    if (!this.#decode(block, reader)) return h2.COMPRESSION_ERROR;
    const valid = reader.finish() === 0 && block.endStream && !stream.remoteClosed;
    if (!valid || !stream.receiveTrailers(reader.trailers)) this.#fail(stream, h2.PROTOCOL_ERROR);
    return h2.NO_ERROR;
  }

  #decode(block: HeaderBlock, sink: FieldSink): boolean {
    return this.#decoder.decode(block.bytes, block.start, block.end, sink) === 0;
  }

  #beginData({ streamId, length, flags, padding }: FrameReader): number {
    this.#dataStream = null;
    if (this.#isIdle(streamId)) return h2.PROTOCOL_ERROR;
    if (!this.#window.receive(length)) return h2.FLOW_CONTROL_ERROR;
    this.#takeInput(padding);
    if ((flags & h2.FLAG_END_STREAM) === 0) this.#budget.spendData(length - padding);
    const stream = this.#streams.get(streamId);
    if (stream === undefined) return this.#onFrameAfterEnd(streamId);
    if (stream.remoteClosed) {
      this.#fail(stream, h2.STREAM_CLOSED);
    } else if (!stream.admit(length)) {
      this.#fail(stream, h2.FLOW_CONTROL_ERROR);
    } else {
      this.#dataStream = stream;
      stream.take(padding);
    }
    return h2.NO_ERROR;
  }

  #takeInput(bytes: number): void {
    this.#window.take(bytes);
    const increment = this.#window.increment();
    if (increment > 0) this.#output.windowUpdate(0, increment);
  }

  /** HEADERS or DATA for a stream that is over: expected for a while where we have reset it. */
  #onFrameAfterEnd(streamId: number): number {
    const how = this.#closed.get(streamId);
    if (how === ENDED || how === RESET_BY_PEER) return h2.STREAM_CLOSED;
    this.#budget.spend(cost.IDLE_FRAME);
    return h2.NO_ERROR;
  }

  /** Section 5.1: a stream that was never opened; none is ever opened by the origin. */
  #isIdle(streamId: number): boolean {
    return (streamId & 1) === 0 || streamId > this.lastId;
  }

  /** A stream error of the origin's making: the answer is not to be trusted. */
  #fail(stream: Http2OriginStream, code: number): void {
    this.#budget.spend(cost.PROVOKED_RESET);
    this.#output.resetStream(stream.id, code);
    this.#break(stream, 'invalid');
  }

  #break(stream: Http2OriginStream, fault: OriginFault, how: number = RESET_BY_US): void {
    this.#remove(stream, how);
    this.#onBroken(stream, fault);
  }

  #remove(stream: Http2OriginStream, how: number): void {
    if (!this.#streams.delete(stream.id)) return;
    this.#closed.add(stream.id, how);
    if (this.#dataStream === stream) this.#dataStream = null;
  }
}

/** What the reset of a stream by the origin says of the request (RFC 9113 sections 7 and 8.7). */
function faultOfReset(code: number): OriginFault {
  switch (code) {
    case h2.REFUSED_STREAM:
      return 'unprocessed';
    case h2.NO_ERROR:
    case h2.INTERNAL_ERROR:
    case h2.CANCEL:
    case h2.CONNECT_ERROR:
    case h2.ENHANCE_YOUR_CALM:
      return 'closed';
    default:
      return 'invalid';
  }
}

/**
 * One request and its answer on an HTTP/2 connection, as its exchange sees it (RFC 9113 section 5.1).
 *
 *   open -> (request ended) -> answered -> closed
 *
 * The exchange is told about the request when the frames of one read have all been looked at, so that a request which
 * is cancelled in the same breath costs no origin anything. The stream outlives its exchange while data waits for the
 * client; until then it counts among the streams that the client may have open.
 */

import type { HttpFault } from '../../http/faults.ts';
import type { FieldBlock } from '../../http/field-block.ts';
import { BODY_LENGTH, BODY_NONE } from '../../http/framing.ts';
import { CANCEL, INTERNAL_ERROR } from '../../http/http2/frame-types.ts';
import { encodeReplyHead, encodeResponseHead } from '../../http/http2/write-head.ts';
import type { RequestHead } from '../../http/request-head.ts';
import type { ResponseHead } from '../../http/response-head.ts';
import type { ClientStream } from '../exchange/client-stream.ts';
import type { ConnectionFacts } from '../exchange/connection-facts.ts';
import { Exchange } from '../exchange/exchange.ts';
import { ByteCarry } from '../http1/byte-carry.ts';
import type { Reply } from '../reply/reply.ts';
import type { FrameOutput } from './frame-output.ts';
import { type InputHost, StreamInput } from './stream-input.ts';
import { StreamOutput, type StreamOutputHost, type StreamOutputOwner } from './stream-output.ts';

/** What a stream needs of its connection. */
export interface StreamHost extends InputHost, StreamOutputHost {
  readonly output: FrameOutput;
  readonly facts: ConnectionFacts;
  /** The answer is complete and out. */
  onAnswered(stream: Http2Stream): void;
  /** The answer cannot be ended as it was begun. */
  reset(stream: Http2Stream, code: number): void;
}

export class Http2Stream implements ClientStream, StreamOutputOwner {
  readonly id: number;
  /** Whether the current read has brought something; the stream table keeps it. */
  listed = false;
  /** Whether the exchange has been told of the request before. */
  acted = false;
  /** Octets of the request's head; the stream table reckons with them. */
  headBytes = 0;
  readonly input: StreamInput;
  readonly output: StreamOutput;
  readonly #host: StreamHost;
  readonly #exchange: Exchange;
  /** Whether the exchange wants to hear of what happens here. */
  #attached = true;
  #begun = false;
  /** Whether the exchange is to be told of the request when the current read is done. */
  #touched = false;
  #answering = false;
  #tunnel = false;
  #trailersIn: FieldBlock | null = null;
  /** What came for a tunnel that is not open yet. */
  #early: ByteCarry | null = null;
  #exchangeDeadlineMs = Number.POSITIVE_INFINITY;
  #overallDeadlineMs = Number.POSITIVE_INFINITY;

  /**
   * @param sendWindow what the client takes at the start
   * @param receiveWindow what we take
   */
  constructor(id: number, host: StreamHost, sendWindow: number, receiveWindow: number) {
    this.id = id;
    this.#host = host;
    this.input = new StreamInput(id, host, receiveWindow);
    this.output = new StreamOutput(id, host, sendWindow, this);
    this.#exchange = new Exchange(this, host.context);
  }

  /** Where the request's head is to be read into. */
  get head(): RequestHead {
    return this.#exchange.head;
  }

  get bytesPerSecondMin(): number {
    return this.#exchange.site.http.responseBytesPerSecondMin;
  }

  /** Whether the client has got the beginning of an answer. */
  get answering(): boolean {
    return this.#answering;
  }

  get facts(): ConnectionFacts {
    return this.#host.facts;
  }

  /** The head is read and valid. */
  open(endStream: boolean): void {
    const { head } = this;
    this.input.closed = endStream;
    if (head.extendedConnect) this.#tunnel = true;
    else if (head.framing === BODY_LENGTH) this.input.expected = head.contentLength;
    else if (head.framing === BODY_NONE) this.input.expected = 0;
    this.#touched = true;
  }

  /** What was wrong with a request that is about to be reset. */
  noteFault(fault: HttpFault | null): void {
    this.#exchange.fault = fault;
    this.#exchange.reason = 'bad_request';
  }

  /** The head is over a limit; `endStream` where that was all of the request. */
  refuse(fault: HttpFault, endStream: boolean): void {
    this.input.closed = endStream;
    this.#exchange.refuseFault(fault);
  }

  /** A run of data, with END_STREAM where `end`; false where it contradicts the request's length. */
  receive(run: Buffer, end: boolean): boolean {
    if (!this.input.count(run.length, end) && this.#attached) return false;
    if (!this.#attached) this.input.take(run.length);
    else if (this.#tunnel) this.#receiveTunnel(run, end);
    else if (this.head.framing !== BODY_NONE) this.#receiveBody(run);
    return true;
  }

  /** The request ends with trailers; false where data is missing. */
  receiveTrailers(trailers: FieldBlock | null): boolean {
    this.#trailersIn = trailers;
    return this.receive(NO_BYTES, true);
  }

  /** The frames of one read are through: what they brought is acted on. */
  act(): void {
    this.acted = true;
    if (!this.#touched) return;
    this.#touched = false;
    const exchange = this.#exchange;
    if (!this.#begun) this.#begin();
    if (this.#attached && exchange.head.framing !== BODY_NONE && !this.#tunnel) {
      exchange.advance(this.input.closed, this.#trailersIn);
    }
  }

  /** The stream is over, whoever ended it: the exchange must not count on it any more. */
  onGone(): void {
    if (this.#attached) {
      this.#attached = false;
      this.#exchange.onClientGone();
    }
    this.#touched = false;
    this.output.stop();
    this.#early = null;
    this.input.stop();
  }

  /** What had to wait for the client is out. */
  onDrained(): void {
    if (this.#attached) this.#exchange.onClientDrain();
    else this.#finishAnswer();
  }

  /** Called a few times a second; true where the stream has stood still for a while for want of a window. */
  sweep(nowMs: number): boolean {
    const { output } = this;
    if (output.waiting) {
      const stalled = output.isStalled(nowMs);
      if (output.isOverdue(nowMs) || this.#overallDeadlineMs <= nowMs) this.#host.reset(this, CANCEL);
      return stalled;
    }
    if (this.#attached && this.#exchangeDeadlineMs <= nowMs) {
      if (this.#answering && this.#tunnel) this.#host.reset(this, CANCEL);
      else this.#exchange.onDeadline();
    }
    return false;
  }

  /** Tunnels are not to go on. */
  drainTunnel(): void {
    if (this.#tunnel && this.#attached) this.#exchange.drainTunnel();
  }

  /** The client sends no more on the whole connection. */
  onInputEnd(): void {
    if (this.#tunnel && this.#attached) this.#exchange.onTunnelInputEnd();
    else if (!this.input.closed) this.#host.reset(this, CANCEL);
  }

  sendContinue(): void {
    encodeReplyHead(this.#host.encoder, 100, []);
    this.output.sendBlock(false);
  }

  sendInterim(head: ResponseHead): void {
    encodeResponseHead(this.#host.encoder, head);
    this.output.sendBlock(false);
  }

  sendHead(head: ResponseHead, bytes: Buffer, start: number, end: number, done: boolean): boolean {
    const { output } = this;
    const ends = done && start === end;
    this.#answering = true;
    encodeResponseHead(this.#host.encoder, head, head.edits);
    output.sendBlock(ends);
    return start === end || output.sendData(bytes, start, end, done);
  }

  sendData(bytes: Buffer, start: number, end: number, done: boolean): boolean {
    return this.output.sendData(bytes, start, end, done);
  }

  sendTrailers(trailers: FieldBlock): boolean {
    return this.output.sendTrailers(trailers);
  }

  sendReply({ status, fields, body }: Reply): void {
    this.#answering = true;
    encodeReplyHead(
      this.#host.encoder,
      status,
      fields.map(([name, value]) => [name.toLowerCase(), value]),
    );
    this.output.sendBlock(body === '');
    if (body !== '') this.output.sendData(Buffer.from(body, 'latin1'), 0, body.length, true);
  }

  /** RFC 8441 section 5: what was a 101 is a 200 here, and the stream itself is the tunnel. */
  openTunnel(head: ResponseHead): void {
    this.#answering = true;
    head.status = 200;
    encodeResponseHead(this.#host.encoder, head);
    this.output.sendBlock(false);
    this.#overallDeadlineMs = Number.POSITIVE_INFINITY;
    this.touchTunnel();
    this.resumeInput();
    const early = this.#early?.take();
    this.#early = null;
    if (early !== undefined) this.#exchange.onTunnelInput(early);
    if (this.input.closed && this.#attached) this.#exchange.onTunnelInputEnd();
  }

  sendTunnel(bytes: Buffer): boolean {
    return this.output.sendData(bytes, 0, bytes.length, false);
  }

  touchTunnel(): void {
    const { tunnelIdleTimeoutMs } = this.#exchange.site.http;
    this.#exchangeDeadlineMs = this.#host.context.clock.nowMs() + tunnelIdleTimeoutMs;
  }

  pauseInput(): void {
    this.input.pause();
  }

  resumeInput(): void {
    this.input.resume();
  }

  setOverallDeadline(deadlineMs: number): void {
    this.#overallDeadlineMs = deadlineMs;
  }

  setExchangeDeadline(deadlineMs: number): void {
    this.#exchangeDeadlineMs = deadlineMs;
  }

  exchangeDone(): void {
    this.#attached = false;
    this.input.stop();
    // A tunnel ends without having said so.
    if (!this.output.ended) this.output.sendData(NO_BYTES, 0, 0, true);
    this.#finishAnswer();
  }

  abort(): void {
    this.#attached = false;
    this.#host.reset(this, INTERNAL_ERROR);
  }

  #begin(): void {
    this.#begun = true;
    this.#exchange.begin(this.input.received > 0);
  }

  #receiveBody(run: Buffer): void {
    if (!this.#begun) this.#begin();
    this.#touched = true;
    if (!this.#attached) {
      this.input.take(run.length);
      return;
    }
    this.input.pass(run.length);
    if (run.length > 0) this.#exchange.receive(run);
  }

  #receiveTunnel(run: Buffer, end: boolean): void {
    if (!this.#answering) {
      this.input.hold(run.length);
      this.#early ??= new ByteCarry();
      this.#early.append(run);
      return;
    }
    this.input.pass(run.length);
    if (run.length > 0) this.#exchange.onTunnelInput(run);
    if (end && this.#attached) this.#exchange.onTunnelInputEnd();
  }

  /** Ends the stream once nothing is left to be said. */
  #finishAnswer(): void {
    if (!this.#attached && this.output.over) this.#host.onAnswered(this);
  }
}

const NO_BYTES: Buffer = Buffer.alloc(0);

/**
 * One request to an HTTP/2 origin and its answer, as its exchange sees it (RFC 9113 section 5.1).
 *
 *   waiting (no head yet) -> relaying -> over
 *                         \-> tunnel  -> over
 *
 * While the client reads too slowly, data that is on its way already is still passed on, but the
 * window stays shut: what can pile up is one window. An exchange that ends early resets its stream and nothing else.
 */
import type { FieldBlock } from '../../../http/field-block.ts';
import { BODY_LENGTH, BODY_NONE } from '../../../http/framing.ts';
import type { HpackEncoder } from '../../../http/hpack/encoder.ts';
import { CANCEL } from '../../../http/http2/frame-types.ts';
import { encodeRequestHead, encodeTrailers, encodeWebSocketHead } from '../../../http/http2/write-head.ts';
import { ResponseHead } from '../../../http/response-head.ts';
import { webSocketAccept } from '../../../http/websocket-accept.ts';
import type { OriginFault, OriginListener, OriginStream } from '../../exchange/origin-stream.ts';
import { copyFieldBlock } from '../../http2/copy-field-block.ts';
import type { FrameOutput } from '../../http2/frame-output.ts';
import { ReceiveWindow } from '../../http2/receive-window.ts';
import { SendQueue } from '../../http2/send-queue.ts';
import type { Sender, SendScheduler } from '../../http2/send-scheduler.ts';
import type { TurnClock } from '../../turn-clock.ts';
import type { OriginPlace } from '../origin-places.ts';
import { RESPONSE_LIMITS, STREAM_WINDOW_BYTES } from './greeting.ts';
import { HeldAnswer } from './held-answer.ts';

/** What a stream needs of its connection. */
export interface OriginStreamHost {
  readonly clock: TurnClock;
  readonly originId: string;
  readonly scheme: 'http' | 'https';
  /** Whether the connection has served an exchange before. */
  readonly reused: boolean;
  readonly output: FrameOutput;
  readonly scheduler: SendScheduler;
  readonly encoder: HpackEncoder;
  /** Gives the stream its number and its window; false where the connection is gone. */
  open(stream: Http2OriginStream): boolean;
  /** The current read has brought something that `flush` passes on at its end. */
  touch(stream: Http2OriginStream): void;
  onAnswer(stream: Http2OriginStream): void;
  onTunnel(stream: Http2OriginStream): void;
  /** The stream is over; `clean` where both sides had ended it. */
  onOver(stream: Http2OriginStream, use: StreamUse, clean: boolean): void;
}

/** What a stream was doing when it ended. */
export type StreamUse = 'waiting' | 'relaying' | 'tunnel';

const WAITING = 0;
const RELAYING = 1;
const TUNNEL = 2;
const OVER = 3;

export class Http2OriginStream implements OriginStream, Sender {
  /** 0 before the request is sent. */
  id = 0;
  sendWindow = 0;
  readonly queue: SendQueue = new SendQueue();
  inLine = false;
  /** Whether it is to be flushed at the end of the current read; the connection keeps it. */
  listed = false;
  /** Whether the origin has ended its answer. */
  remoteClosed = false;
  /** What its exchange holds at the origin; null for checks. */
  place: OriginPlace | null = null;
  readonly attachedMs: number;
  /** Monotonic time at which the whole request was sent; 0 before. */
  sentMs = 0;
  readonly head: ResponseHead = new ResponseHead(RESPONSE_LIMITS.headerCountMax);
  readonly #host: OriginStreamHost;
  readonly #webSocket: boolean;
  readonly #window: ReceiveWindow = new ReceiveWindow(STREAM_WINDOW_BYTES, STREAM_WINDOW_BYTES);
  #listener: OriginListener;
  #state: number = WAITING;
  #accept = '';
  /** Whether END_STREAM is behind what is in the queue, or out if that is empty. */
  #ended = false;
  #trailersOut: FieldBlock | null = null;
  /** Whether the exchange was told that the origin reads too slowly. */
  #slow = false;
  #paused = false;
  /** Octets that came while the client wanted no more. */
  #untaken = 0;
  /** Octets that the answer has to have, or -1 where it does not say, and those that have come. */
  #bodyLength = -1;
  #received = 0;
  readonly #held: HeldAnswer = new HeldAnswer();

  /** @param webSocket whether it is to become a tunnel */
  constructor(host: OriginStreamHost, listener: OriginListener, webSocket: boolean) {
    this.#host = host;
    this.#listener = listener;
    this.#webSocket = webSocket;
    this.attachedMs = host.clock.nowMs();
  }

  get originId(): string {
    return this.#host.originId;
  }

  get reused(): boolean {
    return this.#host.reused;
  }

  get method(): string {
    return this.#listener.method;
  }

  /** The value that accepts the handshake which an extended CONNECT stands for, or ''. */
  get accept(): string {
    return this.#accept;
  }

  /** Whether nothing of an answer has come yet but interim ones. */
  get isWaiting(): boolean {
    return this.#state === WAITING;
  }

  get use(): StreamUse {
    if (this.#state === WAITING) return 'waiting';
    return this.#state === TUNNEL ? 'tunnel' : 'relaying';
  }

  get endsBehindQueue(): boolean {
    return this.#ended && this.#trailersOut === null;
  }

  sendRequest(head: string, _framing: number, body: Buffer, complete: boolean): boolean {
    const host = this.#host;
    if (!host.open(this)) return true;
    const { encoder, output, scheme } = host;
    const ends = complete && body.length === 0 && !this.#webSocket;
    if (this.#webSocket) {
      this.#accept = webSocketAccept(webSocketKeyOf(head));
      encodeWebSocketHead(encoder, head, scheme);
    } else {
      encodeRequestHead(encoder, head, scheme, this.#listener.takesTrailers);
    }
    output.headers(this.id, encoder.bytes, encoder.length, ends);
    if (complete) this.sentMs = host.clock.nowMs();
    if (ends) this.#ended = true;
    return body.length === 0 || this.#send(body, complete);
  }

  sendData(bytes: Buffer): boolean {
    return bytes.length === 0 || this.#send(bytes, false);
  }

  endRequest(trailers: FieldBlock | null): void {
    if (this.#ended || this.#state === OVER) return;
    this.sentMs = this.#host.clock.nowMs();
    this.#ended = true;
    if (this.queue.length === 0) this.#writeEnd(trailers);
    else if (trailers !== null) this.#trailersOut = copyFieldBlock(trailers);
  }

  sendTunnel(bytes: Buffer): boolean {
    return this.#send(bytes, false);
  }

  endTunnel(): void {
    this.endRequest(null);
  }

  pause(): void {
    this.#paused = true;
    this.place?.stall(this, this.#host.clock.nowMs());
  }

  resume(): void {
    this.#paused = false;
    this.place?.proceed();
    const untaken = this.#untaken;
    this.#untaken = 0;
    this.take(untaken);
  }

  release(): void {
    this.destroy();
  }

  shed(): void {
    const listener = this.#listener;
    this.destroy();
    listener.onOriginFault('shed', true);
  }

  /** Resets the stream where one of the sides has not ended it. */
  destroy(): void {
    if (this.#state === OVER) return;
    const { use } = this;
    const clean = this.remoteClosed && this.#ended && this.queue.length === 0;
    if (!clean && this.id !== 0) this.#host.output.resetStream(this.id, CANCEL);
    this.#leave();
    this.#host.onOver(this, use, clean);
  }

  /** A head has been read into `head`. */
  receiveHead(endStream: boolean): void {
    const { head } = this;
    if (head.status < 200 && head.status !== 101) {
      this.#listener.onInterim(head);
      head.clear();
      return;
    }
    this.#bodyLength = lengthOf(head);
    this.#host.onAnswer(this);
    if (head.status === 101) {
      this.#state = TUNNEL;
      this.#host.onTunnel(this);
      this.#listener.onResponse(head, NO_BYTES, 0, 0, false);
      return;
    }
    this.#state = RELAYING;
    this.#held.holdHead(head);
    if (endStream) this.#end();
    else this.#host.touch(this);
  }

  /** A DATA frame begins; false where the window does not allow for it. */
  admit(frameLength: number): boolean {
    return this.#window.receive(frameLength);
  }

  /** A run of data, with END_STREAM where `end`; false where it contradicts the length (RFC 9113 section 8.1.1). */
  receive(bytes: Buffer, start: number, end: number, ends: boolean): boolean {
    if (this.#state === WAITING) return false;
    this.#received += end - start;
    const length = this.#bodyLength;
    if (length !== -1 && (this.#received > length || (ends && this.#received < length))) return false;
    this.#keepOrTake(end - start);
    if (this.#state === TUNNEL) this.#receiveTunnel(bytes.subarray(start, end), ends);
    else this.#hold(bytes, start, end, ends);
    return true;
  }

  /** The answer ends with trailers, perhaps none worth passing on; false where data is missing. */
  receiveTrailers(trailers: FieldBlock | null): boolean {
    if (trailers === null || this.#state !== RELAYING) return this.receive(NO_BYTES, 0, 0, true);
    if (this.#bodyLength !== -1 && this.#received !== this.#bodyLength) return false;
    this.flush();
    this.remoteClosed = true;
    if (this.#state === RELAYING) this.#listener.onResponseTrailers(trailers);
    return true;
  }

  /** Passes on what is held. */
  flush(): void {
    const held = this.#held;
    if (held.hasHead || held.hasData) held.pass(this.#listener, false);
  }

  /** Octets are not held here any more: the window may be opened for them. */
  take(bytes: number): void {
    if (bytes === 0) return;
    this.#window.take(bytes);
    const increment = this.remoteClosed || this.#state === OVER ? 0 : this.#window.increment();
    if (increment > 0) this.#host.output.windowUpdate(this.id, increment);
  }

  /** Data has left the queue. */
  onSent(): void {
    if (this.queue.length > 0) return;
    if (this.#trailersOut !== null) {
      this.#writeEnd(this.#trailersOut);
      this.#trailersOut = null;
    }
    if (!this.#slow) return;
    this.#slow = false;
    this.#listener.onOriginDrain();
  }

  /** The stream broke, or its connection did; it is not in the connection's table any more. */
  fail(fault: OriginFault): void {
    const state = this.#state;
    if (state === OVER) return;
    const started = state === RELAYING && !this.#held.hasHead;
    const listener = this.#listener;
    this.#leave();
    if (state === TUNNEL) listener.onTunnelEnd();
    else listener.onOriginFault(fault, started);
  }

  #leave(): void {
    this.#state = OVER;
    this.#held.clear();
    this.#host.scheduler.remove(this);
    this.#host.scheduler.waitingBytes -= this.queue.length;
    this.queue.clear();
  }

  #send(bytes: Buffer, done: boolean): boolean {
    if (this.#state === OVER) return true;
    const { scheduler } = this.#host;
    if (done) this.#ended = true;
    let sent = 0;
    if (this.queue.length === 0) {
      sent = scheduler.sendNow(this, bytes, 0, bytes.length, done);
      if (sent === bytes.length) return true;
    }
    this.queue.push(bytes, sent, bytes.length);
    scheduler.waitingBytes += bytes.length - sent;
    scheduler.enqueue(this);
    this.#slow = true;
    return false;
  }

  #writeEnd(trailers: FieldBlock | null): void {
    const { encoder, output } = this.#host;
    if (trailers !== null && encodeTrailers(encoder, trailers)) {
      output.headers(this.id, encoder.bytes, encoder.length, true);
    } else {
      output.data(this.id, NO_BYTES, 0, 0, true);
    }
  }

  #receiveTunnel(bytes: Buffer, ends: boolean): void {
    if (bytes.length > 0) this.#listener.onTunnelData(bytes);
    if (!ends) return;
    this.remoteClosed = true;
    if (this.#state === TUNNEL) this.#listener.onTunnelEnd();
  }

  #hold(bytes: Buffer, start: number, end: number, ends: boolean): void {
    if (end > start) {
      if (this.#held.hasData) this.#held.pass(this.#listener, false);
      if (this.#state !== RELAYING) return;
      this.#held.holdData(bytes, start, end);
    }
    if (ends) this.#end();
    else this.#host.touch(this);
  }

  #end(): void {
    this.remoteClosed = true;
    this.#held.pass(this.#listener, true);
  }

  #keepOrTake(bytes: number): void {
    if (this.#paused) this.#untaken += bytes;
    else this.take(bytes);
  }
}

/** Octets of the body that the head promises, or -1. */
function lengthOf({ framing, contentLength, status }: ResponseHead): number {
  if (framing === BODY_LENGTH) return contentLength;
  return framing === BODY_NONE && status !== 101 ? 0 : -1;
}

const NO_BYTES: Buffer = Buffer.alloc(0);

const KEY_LINE = /\r\nsec-websocket-key: ([^\r]*)\r\n/i;

function webSocketKeyOf(head: string): string {
  return KEY_LINE.exec(head)?.[1] ?? '';
}

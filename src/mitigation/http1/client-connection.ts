/**
 * One client connection that speaks HTTP/1.1: heads are read, exchanges run one after the other, answers
 * leave in order.
 *
 *   idle -> head -> exchange -> (flushing) -> idle
 *                            -> closing          the last answer is out, the client may still read it
 *                            -> tunnel           after a WebSocket handshake
 *
 * The connection owns the socket and every deadline on it; `sweep` compares one number per connection
 * instead of arming a timer per wait. While an exchange runs, further octets wait in a bounded carry.
 */
import type { Socket } from 'node:net';
import { faultOf, NEED_MORE } from '../../http/faults.ts';
import type { ResponseHead } from '../../http/response-head.ts';
import { writeResponseHead, writeSwitchingHead } from '../../http/write-response.ts';
import { ErrorGuard } from '../error-guard.ts';
import type { ClientStream } from '../exchange/client-stream.ts';
import type { ConnectionFacts } from '../exchange/connection-facts.ts';
import { Exchange } from '../exchange/exchange.ts';
import { patienceMs } from '../exchange/pace.ts';
import type { ConnectionEnd, OpenConnection } from '../listen/connection-registry.ts';
import type { Reply } from '../reply/reply.ts';
import type { HttpPolicy } from '../snapshot.ts';
import type { TrafficContext } from '../traffic-context.ts';
import { InputHold } from '../turns/input-hold.ts';
import { PacedInput } from '../turns/paced-input.ts';
import { Http1Output } from './http1-output.ts';
import { RequestInput } from './request-input.ts';
import { ResponseRelay } from './response-relay.ts';
import { writeReply } from './write-reply.ts';

const IDLE = 0;
const HEAD = 1;
const EXCHANGE = 2;
const FLUSHING = 3;
const CLOSING = 4;
const TUNNEL = 5;
const CLOSED = 6;

/** How long and how much a closing connection still reads, so that the last answer is not lost to a reset. */
const LINGER_MS = 2000;
const LINGER_BYTES_MAX = 1 << 20;
/** How long an idle connection may still bring a request once the node drains. */
const DRAIN_IDLE_MS = 1000;

export class ClientConnection implements ClientStream, OpenConnection {
  readonly socket: Socket;
  readonly context: TrafficContext;
  readonly facts: ConnectionFacts;
  /** Monotonic time at which the current wait has lasted too long. */
  deadlineMs = 0;
  #state: number = IDLE;
  readonly #owner: ConnectionEnd;
  readonly #guard: ErrorGuard;
  readonly #output: Http1Output;
  #exchange: Exchange | null = null;
  #relay: ResponseRelay | null = null;
  /** The connection ends behind the current answer. */
  #ends = false;
  readonly #input: RequestInput = new RequestInput();
  readonly #hold: InputHold;
  readonly #pace: PacedInput;
  #readingCarry = false;
  /** Whether requests that have come wait for another slice. */
  #requestsWait = false;
  #inputEnded = false;
  #lingerBytes = 0;
  #overallDeadlineMs = Number.POSITIVE_INFINITY;

  constructor(socket: Socket, facts: ConnectionFacts, context: TrafficContext, owner: ConnectionEnd) {
    this.socket = socket;
    this.facts = facts;
    this.context = context;
    this.#owner = owner;
    this.#hold = new InputHold(socket);
    this.#output = new Http1Output(socket, (waitingBytes) => this.#fallBehind(waitingBytes));
    this.deadlineMs = context.clock.nowMs() + context.snapshot.http.headerTimeoutMs;
    const guard = new ErrorGuard(
      context.clock,
      (error) => context.observer.unexpected(error),
      () => this.destroy(),
    );
    this.#guard = guard;
    this.#pace = new PacedInput(socket, facts, context, guard, this.#hold, {
      take: (chunk) => this.#take(chunk),
      goOn: () => this.#goOn(),
      end: () => this.#onInputEnd(),
    });
    socket.on('drain', () => guard.run(() => this.#onDrain()));
    socket.on('error', () => this.destroy());
    socket.on('close', () => this.destroy());
  }

  sendContinue(): void {
    this.#output.writeText(CONTINUE);
  }

  sendInterim(head: ResponseHead): void {
    if (this.#exchange?.head.minorVersion !== 1) return;
    this.#output.writeText(writeResponseHead(head, false, false, 1));
  }

  sendHead(
    head: ResponseHead,
    bytes: Buffer,
    start: number,
    end: number,
    done: boolean,
    persist: boolean,
  ): boolean {
    const minorVersion = this.#exchange?.head.minorVersion ?? 0;
    const relay = new ResponseRelay(this.#output, head, minorVersion, this.#endsBehind(persist));
    this.#relay = relay;
    this.#ends = relay.close;
    return relay.start(head, bytes, start, end, done);
  }

  sendData(bytes: Buffer, start: number, end: number, done: boolean): boolean {
    return this.#relay?.send(bytes, start, end, done) ?? true;
  }

  /** Trailers end here: a recipient may ignore them, and few expect any (RFC 9110 §6.5.1). */
  sendTrailers(): boolean {
    return this.sendData(NO_BYTES, 0, 0, true);
  }

  sendReply(reply: Reply, persist: boolean): void {
    this.#ends = this.#endsBehind(persist);
    this.#output.writeText(writeReply(reply, this.#ends));
  }

  sendTunnel(bytes: Buffer): boolean {
    return this.#output.writeBytes(bytes);
  }

  pauseInput(): void {
    this.#hold.byExchange(true);
  }

  resumeInput(): void {
    this.#hold.byExchange(false);
  }

  /** Keeps octets that belong to what comes after the current exchange. */
  #keep(bytes: Buffer): void {
    this.#input.keep(bytes);
    this.#boundInput();
  }

  #boundInput(): void {
    this.#hold.byCarry(this.#input.kept > this.context.snapshot.http.carryBytesMax);
  }

  openTunnel(head: ResponseHead): void {
    this.#output.writeText(writeSwitchingHead(head));
    this.#state = TUNNEL;
    this.#overallDeadlineMs = Number.POSITIVE_INFINITY;
    this.touchTunnel();
    const early = this.#input.take();
    this.#hold.release();
    if (early !== null) this.#exchange?.onTunnelInput(early);
    if (this.#inputEnded) this.#exchange?.onTunnelInputEnd();
  }

  touchTunnel(): void {
    this.deadlineMs = this.context.clock.nowMs() + this.#policy.tunnelIdleTimeoutMs;
  }

  exchangeDone(persist: boolean): void {
    const ends = this.#ends || !persist;
    this.#exchange = null;
    this.#relay = null;
    if (this.#state === CLOSED) return;
    if (ends) {
      this.#close();
    } else if (this.#output.blocked) {
      this.#state = FLUSHING;
    } else {
      this.#becomeIdle();
    }
  }

  /** Stops after the exchange in progress; an idle connection gets a moment for a request already on its way. */
  drain(): void {
    if (this.#state !== IDLE) return;
    this.deadlineMs = Math.min(this.deadlineMs, this.context.clock.nowMs() + DRAIN_IDLE_MS);
  }

  drainTunnels(): void {
    if (this.#state === TUNNEL) this.#exchange?.drainTunnel();
  }

  /** Over HTTP/1.1 the only way to break off an answer. */
  abort(): void {
    this.destroy();
  }

  /** Ends the connection at once, on every path: idempotent, and the only place that reports the end. */
  destroy(): void {
    if (this.#state === CLOSED) return;
    this.#state = CLOSED;
    this.#input.clear();
    this.#pace.stop();
    const exchange = this.#exchange;
    this.#exchange = null;
    try {
      // Gives room to others, whose errors must not keep this connection from ending.
      exchange?.onClientGone();
    } catch (error) {
      this.context.observer.unexpected(error);
    }
    this.socket.destroy();
    this.#owner.connectionEnded(this);
  }

  /** Called a few times a second. */
  sweep(nowMs: number): void {
    if (this.deadlineMs <= nowMs && this.#state !== CLOSED) this.#guard.run(() => this.#onDeadline());
  }

  setOverallDeadline(deadlineMs: number): void {
    this.#overallDeadlineMs = deadlineMs;
  }

  /** The deadline of whatever the exchange waits for, unless the client itself holds things up. */
  setExchangeDeadline(deadlineMs: number): void {
    if (!this.#output.blocked) this.deadlineMs = deadlineMs;
  }

  /** Of the site that is asked, as far as that is known. */
  get #policy(): HttpPolicy {
    return this.#exchange?.site.http ?? this.context.snapshot.http;
  }

  /** Whether the connection ends behind the answer to the current request. */
  #endsBehind(persist: boolean): boolean {
    return !persist || this.#exchange?.head.keepAlive !== true || this.context.draining;
  }

  /** The client reads more slowly than the answer comes: from now on it has to keep a pace. */
  #fallBehind(waitingBytes: number): void {
    const patience = patienceMs(waitingBytes, this.#policy.responseBytesPerSecondMin);
    this.deadlineMs = Math.min(this.context.clock.nowMs() + patience, this.#overallDeadlineMs);
  }

  #onDeadline(): void {
    const exchange = this.#exchange;
    if (this.#state === HEAD && exchange !== null) exchange.refuse('request_timeout');
    else if (this.#state === HEAD || this.#state === IDLE) this.#close();
    else if (this.#state === EXCHANGE && exchange !== null && !this.#output.blocked) exchange.onDeadline();
    else this.destroy();
  }

  #take(chunk: Buffer): boolean {
    this.#requestsWait = false;
    this.#onData(chunk);
    return this.#requestsWait;
  }

  /** Goes on with requests that have come before. */
  #goOn(): boolean {
    this.#requestsWait = false;
    if (this.#state === IDLE) this.#becomeIdle();
    return this.#requestsWait;
  }

  #onData(chunk: Buffer): void {
    switch (this.#state) {
      case IDLE:
      case HEAD:
        this.#readHead(chunk);
        break;
      case EXCHANGE:
        this.#receive(chunk, 0);
        break;
      case TUNNEL:
        this.#exchange?.onTunnelInput(chunk);
        break;
      case FLUSHING:
        this.#keep(chunk);
        break;
      case CLOSING:
        this.#lingerBytes += chunk.length;
        if (this.#lingerBytes > LINGER_BYTES_MAX) this.destroy();
        break;
    }
  }

  #readHead(chunk: Buffer): void {
    const input = this.#input;
    const limits = this.context.snapshot.http.requestLimits;
    if (!input.offerHead(chunk, limits)) {
      this.#waitForHead();
      return;
    }
    const exchange = this.#exchange ?? this.#startExchange();
    const after = input.readHead(exchange.head, limits);
    if (after === NEED_MORE) this.#waitForHead();
    else if (after < 0) exchange.refuseFault(faultOf(after));
    else this.#begin(exchange, input.bytes, after);
  }

  #startExchange(): Exchange {
    const exchange = new Exchange(this, this.context);
    this.#exchange = exchange;
    this.#ends = false;
    return exchange;
  }

  #waitForHead(): void {
    // However much waits, the rest of the head is needed; limits of its own bound it.
    this.#hold.release();
    if (this.#state === HEAD) return;
    this.#state = HEAD;
    this.deadlineMs = this.context.clock.nowMs() + this.context.snapshot.http.headerTimeoutMs;
  }

  /** Starts the exchange; `bytes[after, …)` came behind its head. */
  #begin(exchange: Exchange, bytes: Buffer, after: number): void {
    this.#state = EXCHANGE;
    this.#input.startBody(exchange.head);
    if (this.#input.bodyDone) {
      // Kept before anything is answered: it is the next request.
      this.#keep(bytes.subarray(after));
      exchange.begin();
    } else {
      exchange.begin(after < bytes.length);
      this.#receive(bytes, after);
    }
  }

  /** More octets while an exchange runs. */
  #receive(bytes: Buffer, start: number): void {
    const exchange = this.#exchange;
    if (exchange === null) return;
    const input = this.#input;
    const reading = !input.bodyDone;
    const fault = input.readBody(bytes, start, exchange);
    this.#boundInput();
    if (fault < 0) exchange.refuseFault(faultOf(fault));
    else if (reading) exchange.advance(input.bodyDone);
  }

  #becomeIdle(): void {
    this.#state = IDLE;
    const { snapshot, clock, draining } = this.context;
    this.deadlineMs = clock.nowMs() + (draining ? DRAIN_IDLE_MS : snapshot.http.idleTimeoutMs);
    this.#hold.forgetExchange();
    if (this.#readingCarry) return;
    this.#readingCarry = true;
    do {
      const bytes = this.#input.take();
      if (bytes === null) break;
      this.#readHead(bytes);
    } while (this.#state === IDLE && this.context.inputTurns.mayGoOn());
    this.#readingCarry = false;
    this.#requestsWait = this.#state === IDLE && this.#input.kept > 0;
    if (this.#requestsWait) {
      this.#pace.goOnLater();
      return;
    }
    if (this.#state === IDLE) this.#hold.release();
    if (this.#inputEnded) this.#onInputEnd();
  }

  #close(): void {
    this.#state = CLOSING;
    this.#input.clear();
    this.#pace.stop();
    this.#hold.release();
    if (!this.#output.blocked) this.deadlineMs = this.context.clock.nowMs() + LINGER_MS;
    this.socket.end();
  }

  #onDrain(): void {
    this.#output.blocked = false;
    if (this.#state === FLUSHING) this.#becomeIdle();
    else if (this.#state === CLOSING) this.deadlineMs = this.context.clock.nowMs() + LINGER_MS;
    else this.#exchange?.onClientDrain();
  }

  /** The client sends no more; what it asked for is still answered. */
  #onInputEnd(): void {
    this.#inputEnded = true;
    if (this.#state === EXCHANGE) this.#exchange?.onInputEnd();
    else if (this.#state === TUNNEL) this.#exchange?.onTunnelInputEnd();
    else if (this.#state === IDLE) this.#close();
    else if (this.#state === HEAD) this.destroy();
  }
}

const NO_BYTES: Buffer = Buffer.alloc(0);

const CONTINUE = 'HTTP/1.1 100 Continue\r\n\r\n';

/**
 * One HTTP/1.1 connection to an origin: octets in, response events out, reused only after a clean end.
 *
 *   connecting -> idle -> waiting (request sent, no head yet) -> relaying (head seen) -> idle
 *
 * Any doubt (a fault in the framing, octets nobody asked for, an early close, an abort by the client)
 * destroys the connection; there is no way back to `idle` but through a response that ended within its
 * framing while its request had been sent whole.
 */
import type { Socket } from 'node:net';
import { BodyReader } from '../../http/body-reader.ts';
import { NEED_MORE } from '../../http/faults.ts';
import type { FieldLimits } from '../../http/field-block.ts';
import { parseResponseHead } from '../../http/parse-response.ts';
import { ResponseHead } from '../../http/response-head.ts';
import { ErrorGuard } from '../error-guard.ts';
import type { OriginFault, OriginListener, OriginStream } from '../exchange/origin-stream.ts';
import { ByteCarry } from '../http1/byte-carry.ts';
import { SocketOutput } from '../socket-output.ts';
import { bindsConnection } from './bound-connection.ts';
import type { ConnectionUse, OriginConnectionOwner } from './origin-connection-owner.ts';
import type { OriginPlace } from './origin-places.ts';
import { RequestWriter } from './request-writer.ts';
import { areSafeTrailers } from './safe-trailers.ts';

const CONNECTING = 0;
const IDLE = 1;
const WAITING = 2;
const RELAYING = 3;
const TUNNEL = 4;
const GONE = 5;

/** A response head that needs more room than this is not worth waiting for. */
const RESPONSE_LIMITS: FieldLimits = { headerBytesMax: 65_536, headerCountMax: 128 };
const HEAD_BYTES_MAX = RESPONSE_LIMITS.headerBytesMax + 1024;

export class OriginConnection implements OriginStream {
  /** Monotonic time of becoming idle, for the pool's idle limit. */
  idleSinceMs = 0;
  /** Which of the pool's addresses it leads to; an older one is not used again. */
  generation = 0;
  /** Monotonic time until which a connect may take. */
  connectDeadlineMs = 0;
  /** Monotonic times of being given to an exchange, and of its request being sent whole; 0 before. */
  attachedMs = 0;
  sentMs = 0;
  /** Whether the connection has served an exchange before: only then may a silent close be a stale reuse. */
  reused = false;
  /** What its exchange holds at the origin; null for none, and for checks. */
  place: OriginPlace | null = null;
  readonly #socket: Socket;
  readonly #output: SocketOutput;
  readonly #request: RequestWriter;
  readonly #owner: OriginConnectionOwner;
  readonly #head: ResponseHead = new ResponseHead(RESPONSE_LIMITS.headerCountMax);
  readonly #body: BodyReader = new BodyReader();
  #state = CONNECTING;
  #listener: OriginListener | null = null;
  /** Whether anything of an answer, interim ones included, has come since the exchange got the connection. */
  #heard = false;
  #paused = false;
  /** The start of a response head that has not arrived whole. */
  readonly #carry: ByteCarry = new ByteCarry();

  /** @param readyEvent what the socket says when requests may be sent */
  constructor(socket: Socket, readyEvent: 'connect' | 'secureConnect', owner: OriginConnectionOwner) {
    this.#socket = socket;
    this.#output = new SocketOutput(socket);
    this.#request = new RequestWriter(this.#output);
    this.#owner = owner;
    // An error in our own code costs the exchange as well.
    const guard = new ErrorGuard(
      owner.clock,
      (error) => owner.onUnexpected(error),
      () => this.#fail('invalid', true),
    );
    const onData = (chunk: Buffer): void => this.#onData(chunk);
    socket.on(readyEvent, () => guard.run(() => this.#onConnect()));
    socket.on('data', (chunk: Buffer) => guard.take(chunk, onData));
    socket.on('drain', () => guard.run(() => this.#listener?.onOriginDrain()));
    socket.on('end', () => guard.run(() => this.#onEnd(true)));
    socket.on('error', () => guard.run(() => this.#onEnd(false)));
    socket.on('close', () => guard.run(() => this.#onEnd(false)));
  }

  get originId(): string {
    return this.#owner.originId;
  }

  /** Binds the connection to one exchange, which sends its request next. */
  attach(listener: OriginListener): void {
    this.#listener = listener;
    this.#state = WAITING;
    this.attachedMs = this.#owner.clock.nowMs();
    this.sentMs = 0;
    this.#heard = false;
    this.#head.clear();
  }

  sendRequest(head: string, framing: number, body: Buffer, complete: boolean): boolean {
    if (complete) this.sentMs = this.#owner.clock.nowMs();
    return this.#request.start(head, framing, body, complete);
  }

  sendData(bytes: Buffer): boolean {
    return this.#request.add(bytes);
  }

  /** Trailers of clients end here: few origins expect any, and an HTTP/1.1 body may go on without them. */
  endRequest(): void {
    this.sentMs = this.#owner.clock.nowMs();
    this.#request.end();
  }

  sendTunnel(bytes: Buffer): boolean {
    return this.#output.writeBytes(bytes, 0, bytes.length);
  }

  endTunnel(): void {
    this.#socket.end();
  }

  pause(): void {
    this.#paused = true;
    this.place?.stall(this, this.#owner.clock.nowMs());
    this.#socket.pause();
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.place?.proceed();
    this.#socket.resume();
  }

  /** Gives the connection back after a response that ended cleanly; destroys it where that cannot be. */
  release(requestSent: boolean): void {
    const clean = this.#state === RELAYING && this.#body.done && this.#head.keepAlive && requestSent;
    if (!clean) {
      this.destroy();
      return;
    }
    this.#listener = null;
    this.#state = IDLE;
    this.reused = true;
    // Its last exchange may have held back an answer whose end was here already.
    this.resume();
    this.#owner.onIdle(this);
  }

  shed(): void {
    const listener = this.#listener;
    this.destroy();
    listener?.onOriginFault('shed', true);
  }

  /** Closes at once; the exchange hears nothing more. */
  destroy(): void {
    if (this.#state === GONE) return;
    const use = this.#use;
    this.#listener = null;
    this.#state = GONE;
    this.#carry.take();
    this.#socket.destroy();
    this.#owner.onGone(this, use);
  }

  get #use(): ConnectionUse {
    if (this.#state === WAITING) return 'waiting';
    if (this.#state === RELAYING) return 'relaying';
    return this.#state === TUNNEL ? 'tunnel' : 'none';
  }

  #onConnect(): void {
    if (this.#state !== CONNECTING) return;
    this.#state = IDLE;
    this.#owner.onReady(this);
  }

  #onData(chunk: Buffer): void {
    switch (this.#state) {
      case WAITING:
        this.#heard = true;
        this.#readHead(chunk);
        break;
      case RELAYING:
        this.#relay(chunk, 0, null);
        break;
      case TUNNEL:
        this.#listener?.onTunnelData(chunk);
        break;
      default:
        this.destroy();
    }
  }

  /** Reads heads from what is carried and `chunk`; what is not whole yet stays in the carry, copied once. */
  #readHead(chunk: Buffer): void {
    const carried = this.#carry.length > 0;
    if (carried) this.#carry.append(chunk);
    const bytes = carried ? this.#carry.view() : chunk;
    const waiting = this.#readHeads(bytes);
    if (waiting === 0 && carried) return;
    this.#carry.take();
    if (waiting !== bytes.length) this.#carry.append(bytes.subarray(waiting));
  }

  /** Reads interim heads and the final one; returns where octets wait for more, the end where none do. */
  #readHeads(bytes: Buffer): number {
    let position = 0;
    while (this.#state === WAITING && position < bytes.length) {
      const listener = this.#listener;
      if (listener === null) break;
      const head = this.#head;
      const { method } = listener;
      const after = parseResponseHead(bytes, position, bytes.length, head, RESPONSE_LIMITS, method);
      if (after === NEED_MORE && bytes.length - position <= HEAD_BYTES_MAX) return position;
      if (after < 0) {
        this.#fail('invalid', false);
        break;
      }
      if (head.status >= 200 || head.status === 101) {
        this.#startResponse(listener, bytes, after);
        break;
      }
      position = after;
      listener.onInterim(head);
      head.clear();
    }
    return bytes.length;
  }

  #startResponse(listener: OriginListener, bytes: Buffer, after: number): void {
    const head = this.#head;
    // Asked now: the octets of the head may be overwritten on their way to the client.
    if (bindsConnection(head)) head.keepAlive = false;
    this.#owner.onAnswer(this, head.status);
    if (head.status === 101) {
      this.#state = TUNNEL;
      this.#owner.onTunnel(this);
      listener.onResponse(head, bytes, after, bytes.length, false);
      return;
    }
    this.#state = RELAYING;
    this.#body.start(head.framing, head.contentLength, false);
    this.#relay(bytes, after, listener);
  }

  /**
   * Passes on the data in `bytes[start, …)`, one call per run. A run is held until it is known whether the
   * body ends behind it, so that its end travels with the last data. `opening` is the listener that still
   * has to be given the head, together with the first run.
   */
  #relay(bytes: Buffer, start: number, opening: OriginListener | null): void {
    const body = this.#body;
    let pending = opening;
    let runStart = start;
    let runEnd = start;
    let position = start;
    while (!body.done && position < bytes.length) {
      position = body.next(bytes, position, bytes.length);
      if (position < 0) {
        this.#fail('invalid', pending === null);
        return;
      }
      if (body.dataEnd === body.dataStart) continue;
      if (runEnd > runStart) {
        if (!this.#pass(bytes, runStart, runEnd, pending, false)) return;
        pending = null;
      }
      runStart = body.dataStart;
      runEnd = body.dataEnd;
    }
    // Octets behind the end belong to no request: the connection is not to be trusted with another one.
    if (body.done && position < bytes.length) this.#head.keepAlive = false;
    const { trailers } = body;
    const trailed = body.done && trailers !== null && areSafeTrailers(trailers);
    if (pending !== null || runEnd > runStart || (body.done && !trailed)) {
      if (!this.#pass(bytes, runStart, runEnd, pending, body.done && !trailed)) return;
    }
    if (trailed) this.#listener?.onResponseTrailers(trailers);
  }

  /** Hands over one run; false where the exchange has ended meanwhile. */
  #pass(bytes: Buffer, start: number, end: number, opening: OriginListener | null, last: boolean): boolean {
    if (opening !== null) opening.onResponse(this.#head, bytes, start, end, last);
    else this.#listener?.onResponseData(bytes, start, end, last);
    return this.#state === RELAYING && this.#listener !== null;
  }

  /** The origin closed: `clean` where it said that it is done, without which no body may end so. */
  #onEnd(clean: boolean): void {
    const state = this.#state;
    const listener = this.#listener;
    if (state === GONE) return;
    // Whoever closes a connection that nobody uses fails nobody.
    if (state === IDLE) {
      this.destroy();
      return;
    }
    if (state === TUNNEL) {
      listener?.onTunnelEnd();
      return;
    }
    if (state === RELAYING && this.#body.endsWithConnection && clean) {
      this.#head.keepAlive = false;
      this.#body.done = true;
      listener?.onResponseData(EMPTY, 0, 0, true);
      return;
    }
    // A head that breaks off is no silence: the origin has seen the request.
    const broken = state === WAITING && this.#heard;
    this.#fail(state === CONNECTING ? 'connect' : broken ? 'invalid' : 'closed', state === RELAYING);
  }

  #fail(fault: OriginFault, started: boolean): void {
    const listener = this.#listener;
    this.#owner.onFailure(this, fault, started);
    // What it did wrong has been told; that nothing more was heard is no second fault.
    this.sentMs = 0;
    this.destroy();
    listener?.onOriginFault(fault, started);
  }
}

const EMPTY: Buffer = Buffer.alloc(0);

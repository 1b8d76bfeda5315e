/**
 * One connection to the origin: octets in, response events out, reused only after a clean end.
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
import { ByteCarry } from '../http1/byte-carry.ts';
import { SocketOutput } from '../socket-output.ts';
import type { TurnClock } from '../turn-clock.ts';

/** Who is served by the connection; every method may end the exchange. */
export interface OriginListener {
  /** Of the request, on which the reading of its response depends. */
  readonly method: string;
  /** An interim response (1xx other than 101). */
  onInterim(head: ResponseHead): void;
  /** A final head, or 101, with the first run of data that came along; `done` where the body ends with it. */
  onResponse(head: ResponseHead, bytes: Buffer, dataStart: number, dataEnd: number, done: boolean): void;
  /** More data of the body; empty with `done` where only the end was left to say. */
  onResponseData(bytes: Buffer, dataStart: number, dataEnd: number, done: boolean): void;
  /** Octets of a tunnel after 101. */
  onTunnelData(bytes: Buffer): void;
  onTunnelEnd(): void;
  /** The connection broke or spoke something else than HTTP; `started` where a response had begun. */
  onOriginFault(fault: OriginFault, started: boolean): void;
  onOriginDrain(): void;
}

export type OriginFault = 'closed' | 'invalid' | 'connect' | 'connect_timeout' | 'busy';

/** What a pool wants to know of its connections. */
export interface OriginConnectionOwner {
  readonly clock: TurnClock;
  onReady(connection: OriginConnection): void;
  onIdle(connection: OriginConnection): void;
  onGone(connection: OriginConnection): void;
  /** Something threw that never should. */
  onUnexpected(error: unknown): void;
}

const CONNECTING = 0;
const IDLE = 1;
const WAITING = 2;
const RELAYING = 3;
const TUNNEL = 4;
const GONE = 5;

const ON_CONNECT = 0;
const ON_DRAIN = 1;
/** The origin said that it is done; everything else that ends a connection is not clean. */
const ON_END = 2;
const ON_BROKEN = 3;

/** A response head that needs more room than this is not worth waiting for. */
const RESPONSE_LIMITS: FieldLimits = { headerBytesMax: 65_536, headerCountMax: 128 };
const HEAD_BYTES_MAX = RESPONSE_LIMITS.headerBytesMax + 1024;

export class OriginConnection {
  /** Monotonic time of becoming idle, for the pool's idle limit. */
  idleSinceMs = 0;
  /** Which of the pool's addresses it leads to; an older one is not used again. */
  generation = 0;
  /** Monotonic time until which a connect may take. */
  connectDeadlineMs = 0;
  /** Whether the connection has served an exchange before: only then may a silent close be a stale reuse. */
  reused = false;
  readonly #socket: Socket;
  readonly #output: SocketOutput;
  readonly #owner: OriginConnectionOwner;
  readonly #head: ResponseHead = new ResponseHead(RESPONSE_LIMITS.headerCountMax);
  readonly #body: BodyReader = new BodyReader();
  #state = CONNECTING;
  #listener: OriginListener | null = null;
  /** The start of a response head that has not arrived whole. */
  readonly #carry: ByteCarry = new ByteCarry();

  constructor(socket: Socket, owner: OriginConnectionOwner) {
    this.#socket = socket;
    this.#output = new SocketOutput(socket);
    this.#owner = owner;
    socket.on('error', () => this.#guard(ON_BROKEN));
    socket.on('connect', () => this.#guard(ON_CONNECT));
    socket.on('data', (chunk: Buffer) => this.#guardData(chunk));
    socket.on('end', () => this.#guard(ON_END));
    socket.on('close', () => this.#guard(ON_BROKEN));
    socket.on('drain', () => this.#guard(ON_DRAIN));
  }

  get isIdle(): boolean {
    return this.#state === IDLE;
  }

  /** Binds the connection to one exchange, which writes its request next. */
  attach(listener: OriginListener): void {
    this.#listener = listener;
    this.#state = WAITING;
    this.#head.clear();
  }

  /** Writes text of octets; false asks to wait for `onOriginDrain`. */
  writeText(text: string): boolean {
    return this.#output.writeText(text);
  }

  writeBytes(bytes: Buffer): boolean {
    return this.#output.writeBytes(bytes, 0, bytes.length);
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** Ends the sending side of a tunnel. */
  endTunnel(): void {
    this.#socket.end();
  }

  /** Gives the connection back after a response that ended cleanly; destroys it where that cannot be. */
  release(requestSent: boolean): void {
    const clean = this.#state === RELAYING && this.#body.done && this.#head.keepAlive && requestSent;
    this.#listener = null;
    if (!clean) {
      this.destroy();
      return;
    }
    this.#state = IDLE;
    this.reused = true;
    this.#owner.onIdle(this);
  }

  /** Closes at once; the exchange hears nothing more. */
  destroy(): void {
    this.#listener = null;
    if (this.#state === GONE) return;
    this.#state = GONE;
    this.#carry.take();
    this.#socket.destroy();
    this.#owner.onGone(this);
  }

  #guardData(chunk: Buffer): void {
    this.#owner.clock.tick();
    try {
      this.#onData(chunk);
    } catch (error) {
      this.#giveUp(error);
    }
  }

  #guard(event: number): void {
    try {
      if (event === ON_CONNECT) this.#onConnect();
      else if (event === ON_DRAIN) this.#listener?.onOriginDrain();
      else this.#onEnd(event === ON_END);
    } catch (error) {
      this.#giveUp(error);
    }
  }

  /** An error in our own code costs this exchange, is counted, and nothing else. */
  #giveUp(error: unknown): void {
    this.#owner.onUnexpected(error);
    const listener = this.#listener;
    this.destroy();
    listener?.onOriginFault('invalid', true);
  }

  #onConnect(): void {
    if (this.#state !== CONNECTING) return;
    this.#state = IDLE;
    this.#owner.onReady(this);
  }

  #onData(chunk: Buffer): void {
    switch (this.#state) {
      case WAITING:
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
    if (head.status === 101) {
      this.#state = TUNNEL;
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
    if (pending !== null || runEnd > runStart || body.done) {
      this.#pass(bytes, runStart, runEnd, pending, body.done);
    }
  }

  /** Hands over one run; false where the exchange has ended meanwhile. */
  #pass(bytes: Buffer, start: number, end: number, opening: OriginListener | null, last: boolean): boolean {
    if (opening !== null) opening.onResponse(this.#head, bytes, start, end, last);
    else this.#listener?.onResponseData(bytes, start, end, last);
    return this.#state === RELAYING && this.#listener !== null;
  }

  /** The origin closed: a clean end only for a body that is told by it. */
  #onEnd(clean: boolean): void {
    const state = this.#state;
    const listener = this.#listener;
    if (state === GONE) return;
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
    this.#fail(state === CONNECTING ? 'connect' : 'closed', state === RELAYING);
  }

  #fail(fault: OriginFault, started: boolean): void {
    const listener = this.#listener;
    this.destroy();
    listener?.onOriginFault(fault, started);
  }
}

const EMPTY: Buffer = Buffer.alloc(0);

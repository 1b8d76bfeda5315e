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
import { writeLatin1 } from '../../core/latin1.ts';
import { faultOf, NEED_MORE } from '../../http/faults.ts';
import { CR, LF } from '../../http/octets.ts';
import { parseRequestHead } from '../../http/parse-request.ts';
import { constantLines } from '../../http/write-request.ts';
import type { Client } from '../client.ts';
import { SocketOutput } from '../socket-output.ts';
import type { TrafficContext } from '../traffic-context.ts';
import { ByteCarry } from './byte-carry.ts';
import { Exchange } from './exchange.ts';
import type { ExchangeConnection } from './exchange-connection.ts';
import { patienceMs } from './pace.ts';

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

export interface ConnectionEnd {
  connectionEnded(connection: ClientConnection): void;
}

export class ClientConnection implements ExchangeConnection {
  readonly socket: Socket;
  client: Client;
  readonly context: TrafficContext;
  readonly scheme: 'http' | 'https';
  trusted: boolean;
  readonly lines: string;
  /** Position in the registry of connections; its owner keeps it. */
  registryIndex = -1;
  /** Monotonic time at which the current wait has lasted too long. */
  deadlineMs = 0;
  #state: number = IDLE;
  readonly #owner: ConnectionEnd;
  readonly #output: SocketOutput;
  #exchange: Exchange | null = null;
  #carry: ByteCarry | null = null;
  #paused = false;
  #readingCarry = false;
  #inputEnded = false;
  #lingerBytes = 0;
  #overallDeadlineMs = Number.POSITIVE_INFINITY;
  /** Whether the socket has asked to wait for its drain event. */
  #blocked = false;

  constructor(
    socket: Socket,
    client: Client,
    trusted: boolean,
    secure: boolean,
    context: TrafficContext,
    owner: ConnectionEnd,
  ) {
    this.socket = socket;
    this.client = client;
    this.context = context;
    this.trusted = trusted;
    this.scheme = secure ? 'https' : 'http';
    this.lines = constantLines(client.address, this.scheme);
    this.#owner = owner;
    this.#output = new SocketOutput(socket);
    this.deadlineMs = context.clock.nowMs() + context.snapshot.http.headerTimeoutMs;
    socket.on('data', (chunk: Buffer) => this.#guardData(chunk));
    socket.on('drain', () => this.#guard(() => this.#onDrain()));
    socket.on('end', () => this.#guard(() => this.#onInputEnd()));
    socket.on('error', () => this.destroy());
    socket.on('close', () => this.destroy());
  }

  get peer(): string {
    return this.client.address;
  }

  get peerPort(): number {
    return this.socket.remotePort ?? 0;
  }

  get localAddress(): string {
    return this.socket.localAddress ?? '';
  }

  get localPort(): number {
    return this.socket.localPort ?? 0;
  }

  /** Writes text of octets; false where the client reads too slowly and `onClientDrain` will follow. */
  writeText(text: string): boolean {
    return this.#noteWrite(this.#output.writeText(text));
  }

  writeBytes(bytes: Buffer): boolean {
    return this.#noteWrite(this.#output.writeBytes(bytes, 0, bytes.length));
  }

  /**
   * Writes a response head and the first data behind it in one piece. The head usually fits into the octets
   * in front of the data, where the origin's own head stood, and then nothing is copied but the head.
   */
  writeHeadAndData(head: string, bytes: Buffer, dataStart: number, dataEnd: number): boolean {
    if (dataStart === dataEnd) return this.writeText(head);
    const headStart = dataStart - head.length;
    if (headStart < 0) {
      return this.writeBytes(
        Buffer.concat([Buffer.from(head, 'latin1'), bytes.subarray(dataStart, dataEnd)]),
      );
    }
    writeLatin1(bytes, head, headStart);
    return this.#noteWrite(this.#output.writeBytes(bytes, headStart, dataEnd));
  }

  writeRange(bytes: Buffer, start: number, end: number): boolean {
    return this.#noteWrite(this.#output.writeBytes(bytes, start, end));
  }

  pauseInput(): void {
    if (this.#paused) return;
    this.#paused = true;
    this.socket.pause();
  }

  resumeInput(): void {
    if (!this.#paused || this.#state === CLOSED) return;
    this.#paused = false;
    this.socket.resume();
  }

  /** Keeps octets that belong to what comes after the current exchange. */
  keep(bytes: Buffer): void {
    if (bytes.length === 0) return;
    this.#carry ??= new ByteCarry();
    this.#carry.append(bytes);
    if (this.#carry.length > this.context.snapshot.http.carryBytesMax) this.pauseInput();
  }

  /** From now on octets go to the exchange as they come, until the connection ends. */
  startTunnel(): void {
    this.#state = TUNNEL;
    this.#overallDeadlineMs = Number.POSITIVE_INFINITY;
    this.touchTunnel();
    const early = this.#carry;
    this.#carry = null;
    this.resumeInput();
    if (early !== null && early.length > 0) this.#exchange?.onTunnelInput(early.take());
  }

  touchTunnel(): void {
    this.deadlineMs = this.context.clock.nowMs() + this.context.snapshot.http.tunnelIdleTimeoutMs;
  }

  /** The exchange has written its last octet. `keepAlive` false closes once the client has read it. */
  exchangeDone(keepAlive: boolean): void {
    this.#exchange = null;
    if (this.#state === CLOSED) return;
    if (!keepAlive) {
      this.#close();
    } else if (this.#blocked) {
      this.#state = FLUSHING;
    } else {
      this.#becomeIdle();
    }
  }

  /** A new policy sees the client in another way: whitelisted or not, a trusted proxy or not. */
  reclassify(client: Client, trusted: boolean): void {
    this.client = client;
    this.trusted = trusted;
  }

  /** Stops after the exchange in progress; an idle connection gets a moment for a request already on its way. */
  drain(): void {
    if (this.#state === IDLE) {
      this.deadlineMs = Math.min(this.deadlineMs, this.context.clock.nowMs() + DRAIN_IDLE_MS);
    } else if (this.#state === TUNNEL) {
      this.#exchange?.drainTunnel();
    }
  }

  /** Ends the connection at once, on every path: idempotent, and the only place that reports the end. */
  destroy(): void {
    if (this.#state === CLOSED) return;
    this.#state = CLOSED;
    this.#carry = null;
    const exchange = this.#exchange;
    this.#exchange = null;
    exchange?.onClientGone();
    this.socket.destroy();
    this.#owner.connectionEnded(this);
  }

  /** Called a few times a second. */
  sweep(nowMs: number): void {
    if (this.deadlineMs <= nowMs && this.#state !== CLOSED) this.#guard(() => this.#onDeadline());
  }

  setOverallDeadline(deadlineMs: number): void {
    this.#overallDeadlineMs = deadlineMs;
  }

  /** The deadline of whatever the exchange waits for, unless the client itself holds things up. */
  setExchangeDeadline(deadlineMs: number): void {
    if (!this.#blocked) this.deadlineMs = deadlineMs;
  }

  #noteWrite(flowing: boolean): boolean {
    if (flowing || this.#blocked) return flowing;
    this.#blocked = true;
    const rate = this.context.snapshot.http.responseBytesPerSecondMin;
    const patience = patienceMs(this.socket.writableLength, rate);
    this.deadlineMs = Math.min(this.context.clock.nowMs() + patience, this.#overallDeadlineMs);
    return false;
  }

  /** An error in our own code costs this connection, is counted, and nothing else. */
  #guard(action: () => void): void {
    this.context.clock.tick();
    try {
      action();
    } catch (error) {
      this.#giveUp(error);
    }
  }

  /** The same for data, without an object per piece. */
  #guardData(chunk: Buffer): void {
    this.context.clock.tick();
    try {
      this.#onData(chunk);
    } catch (error) {
      this.#giveUp(error);
    }
  }

  #giveUp(error: unknown): void {
    this.context.observer.unexpected(error);
    this.destroy();
  }

  #onDeadline(): void {
    const exchange = this.#exchange;
    if (this.#state === HEAD && exchange !== null) exchange.refuse('request_timeout');
    else if (this.#state === HEAD || this.#state === IDLE) this.#close();
    else if (this.#state === EXCHANGE && exchange !== null && !this.#blocked) exchange.onDeadline();
    else this.destroy();
  }

  #onData(chunk: Buffer): void {
    switch (this.#state) {
      case IDLE:
        this.#readHead(chunk, true);
        break;
      case HEAD:
        this.#continueHead(chunk);
        break;
      case EXCHANGE:
        this.#exchange?.onRequestData(chunk, 0);
        break;
      case TUNNEL:
        this.#exchange?.onTunnelInput(chunk);
        break;
      case FLUSHING:
        this.keep(chunk);
        break;
      case CLOSING:
        this.#lingerBytes += chunk.length;
        if (this.#lingerBytes > LINGER_BYTES_MAX) this.destroy();
        break;
    }
  }

  /** Reads a head from `bytes`, which begin with a request; `fresh` where they are not in the carry. */
  #readHead(bytes: Buffer, fresh: boolean): void {
    const start = emptyLineLength(bytes);
    if (start < 0 || start === bytes.length) {
      this.#waitForHead(bytes, fresh);
      return;
    }
    const exchange = this.#exchange ?? this.#startExchange();
    const limits = this.context.snapshot.http.requestLimits;
    const after = parseRequestHead(bytes, start, bytes.length, exchange.head, limits);
    if (after === NEED_MORE) {
      this.#waitForHead(bytes, fresh);
    } else if (after < 0) {
      exchange.refuseFault(faultOf(after));
    } else {
      this.#state = EXCHANGE;
      exchange.begin(bytes, after);
    }
  }

  #startExchange(): Exchange {
    const exchange = new Exchange(this, this.context);
    this.#exchange = exchange;
    return exchange;
  }

  #waitForHead(bytes: Buffer, fresh: boolean): void {
    if (fresh) {
      this.#carry ??= new ByteCarry();
      this.#carry.append(bytes);
    }
    if (this.#state === HEAD) return;
    this.#state = HEAD;
    this.deadlineMs = this.context.clock.nowMs() + this.context.snapshot.http.headerTimeoutMs;
  }

  /** Parses again only when a line has ended or a limit may be reached: linear in the octets. */
  #continueHead(chunk: Buffer): void {
    const carry = this.#carry ?? new ByteCarry();
    this.#carry = carry;
    carry.append(chunk);
    const limits = this.context.snapshot.http.requestLimits;
    const overLimit = carry.length > Math.min(limits.targetBytesMax, limits.headerBytesMax);
    if (!overLimit && chunk.indexOf(LF) === -1) return;
    this.#readHeadFromCarry();
  }

  #readHeadFromCarry(): void {
    const carry = this.#carry;
    if (carry === null) return;
    const bytes = carry.view();
    this.#carry = null;
    this.#readHead(bytes, false);
    if (this.#state === HEAD && this.#carry === null) this.#carry = carry;
  }

  #becomeIdle(): void {
    this.#state = IDLE;
    const { snapshot, clock, draining } = this.context;
    this.deadlineMs = clock.nowMs() + (draining ? DRAIN_IDLE_MS : snapshot.http.idleTimeoutMs);
    if (this.#readingCarry) return;
    this.#readingCarry = true;
    while (this.#state === IDLE && this.#carry !== null && this.#carry.length > 0) {
      const bytes = this.#carry.take();
      this.#carry = null;
      this.#readHead(bytes, true);
    }
    this.#readingCarry = false;
    if (this.#state === IDLE && this.#inputEnded) this.#close();
    else this.resumeInput();
  }

  #close(): void {
    this.#state = CLOSING;
    this.#carry = null;
    this.resumeInput();
    if (!this.#blocked) this.deadlineMs = this.context.clock.nowMs() + LINGER_MS;
    this.socket.end();
  }

  #onDrain(): void {
    this.#blocked = false;
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

/** Length of the one empty line that may stand before a request (RFC 9112 §2.2), or -1 where it is cut. */
function emptyLineLength(bytes: Buffer): number {
  if (bytes.length === 0 || bytes[0] !== CR) return 0;
  if (bytes.length === 1) return -1;
  return bytes[1] === LF ? 2 : 0;
}

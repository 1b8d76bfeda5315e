/**
 * One HTTP/2 connection to an origin: its socket, its deadlines and its end, and the requests that share it. What frames
 * mean is in `../../http2/session.ts`, one request and its answer in `stream.ts`.
 *
 *   connecting -> greeted (settings awaited) -> ready <-> asked (is it still there?) -> leaving -> gone
 *
 * Requests are sent only once the origin's settings are here, so that its limits hold from the first one on. Any
 * violation of the protocol ends the connection with all that is on it. A connection that leaves finishes what it has.
 */
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import * as h2 from '../../../http/http2/frame-types.ts';
import { ErrorGuard } from '../../error-guard.ts';
import type { OriginFault, OriginListener } from '../../exchange/origin-stream.ts';
import { AbuseBudget } from '../../http2/abuse-budget.ts';
import { FrameOutput, type OutputOwner } from '../../http2/frame-output.ts';
import { SendScheduler } from '../../http2/send-scheduler.ts';
import { Http2Session } from '../../http2/session.ts';
import type { TurnClock } from '../../turn-clock.ts';
import { bindsConnection } from '../bound-connection.ts';
import type { Dialled } from '../dial.ts';
import { BLOCK_BYTES_MAX, GREETING, PATIENCE } from './greeting.ts';
import { Liveness } from './liveness.ts';
import { Http2OriginStream, type OriginStreamHost, type StreamUse } from './stream.ts';
import { OriginStreamTable } from './stream-table.ts';

/** What a pool wants to know of its connections. */
export interface Http2ConnectionOwner {
  readonly clock: TurnClock;
  readonly originId: string;
  /** It has room where it had none: its settings are here, have changed, or it has answered after a doubt. */
  onReady(connection: Http2OriginConnection): void;
  onAnswer(stream: Http2OriginStream): void;
  /** A stream became a tunnel. */
  onTunnel(stream: Http2OriginStream): void;
  /** The origin failed one stream. */
  onStreamBroken(fault: OriginFault): void;
  /** A stream is over, whoever ended it. */
  onStreamOver(connection: Http2OriginConnection, stream: Http2OriginStream, use: StreamUse): void;
  /** The connection is over, after the streams that it still carried; `fault` where the origin is to blame. */
  onGone(connection: Http2OriginConnection, fault: OriginFault | null, carried: number): void;
  onUnexpected(error: unknown): void;
}

const CONNECTING = 0;
const GREETED = 1;
const READY = 2;
const GONE = 3;

/** What an origin sends was asked for and is bounded by windows: it is dealt with in one turn. */
const AT_ONCE = (): boolean => true;

/** Requests at once on one connection, whatever the origin allows: a lost packet holds all of them up. */
const STREAMS_MAX = 128;
/**
 * Requests that may be cancelled on one connection. Origins count them and cut off who cancels too many: what hostile
 * clients do must not cost others the connection that they share, so another one takes its place before.
 */
const CANCELLED_MAX = 200;
/** From this number on no streams are begun; far from the last one that there is. */
const LAST_ID = h2.STREAM_ID_MAX / 2;
/** Silence on the connection after which a request without an answer makes it doubtful. */
const SILENCE_MS = 5000;
/** What the PING of a connection in doubt consists of. */
const MARK = 0x3f;

export class Http2OriginConnection implements OriginStreamHost, OutputOwner {
  readonly clock: TurnClock;
  readonly scheme: 'http' | 'https';
  readonly output: FrameOutput;
  readonly scheduler: SendScheduler;
  /** Monotonic time until which the settings have to be here. */
  connectDeadlineMs = 0;
  /** Monotonic time at which its last stream ended. */
  idleSinceMs: number;
  reused = false;
  readonly #socket: Socket;
  readonly #owner: Http2ConnectionOwner;
  readonly #budget: AbuseBudget;
  readonly #streams: OriginStreamTable;
  readonly #session: Http2Session;
  readonly #liveness: Liveness;
  readonly #flushLater: () => void;
  #state: number = CONNECTING;
  #connected = false;
  /** Streams that have been handed out and are not over. */
  #active = 0;
  #cancelled = 0;
  #leaving = false;

  constructor({ socket, readyEvent }: Dialled, owner: Http2ConnectionOwner) {
    const nowMs = owner.clock.nowMs();
    this.clock = owner.clock;
    this.scheme = readyEvent === 'secureConnect' ? 'https' : 'http';
    this.idleSinceMs = nowMs;
    this.#socket = socket;
    this.#owner = owner;
    const guard = new ErrorGuard(
      owner.clock,
      (error) => owner.onUnexpected(error),
      () => this.#fail(h2.INTERNAL_ERROR),
    );
    this.#flushLater = () => guard.run(() => this.#flush());
    const output = new FrameOutput(socket, this);
    const budget = new AbuseBudget(PATIENCE, nowMs);
    const scheduler = new SendScheduler(output, budget);
    const streams = new OriginStreamTable({
      output,
      scheduler,
      budget,
      onBroken: (stream, fault) => this.#onBroken(stream, fault),
    });
    this.output = output;
    this.scheduler = scheduler;
    this.#budget = budget;
    this.#streams = streams;
    this.#session = new Http2Session({
      output,
      budget,
      scheduler,
      streams,
      blockBytesMax: BLOCK_BYTES_MAX,
      expectsPreface: false,
    });
    this.#liveness = new Liveness(this.#session, nowMs);
    socket.on(readyEvent, () => guard.run(() => this.#onConnect()));
    const onData = (chunk: Buffer): void => this.#onData(chunk);
    socket.on('data', (chunk: Buffer) => guard.take(chunk, onData));
    socket.on('drain', () => guard.run(() => this.#onDrain()));
    socket.on('end', () => guard.run(() => this.#end('closed')));
    socket.on('error', (error: NodeJS.ErrnoException) => guard.run(() => this.#onError(error)));
    socket.on('close', () => guard.run(() => this.#end('closed')));
  }

  get originId(): string {
    return this.#owner.originId;
  }

  get encoder(): OriginStreamTable['encoder'] {
    return this.#streams.encoder;
  }

  /** Streams that can be had now. */
  get room(): number {
    if (this.#state !== READY || this.#leaving || this.isAsked) return 0;
    return Math.max(0, this.streamsMax - this.#active);
  }

  /** Streams that it carries at once; an assumption until the settings are here. */
  get streamsMax(): number {
    return Math.min(this.#session.peer.maxConcurrentStreams, STREAMS_MAX);
  }

  /** Whether room is to be expected of it: it is being made, or has been asked. */
  get isPending(): boolean {
    return this.#state < READY || (this.isAsked && !this.#leaving && this.#state === READY);
  }

  /** Whether its settings have ever come. */
  get isConnected(): boolean {
    return this.#connected;
  }

  get isAsked(): boolean {
    return this.#liveness.isAsked;
  }

  get isIdle(): boolean {
    return this.#active === 0;
  }

  /** Whether it takes extended CONNECT (RFC 8441); known once it is connected. */
  get carriesTunnels(): boolean {
    return this.#session.peer.enableConnectProtocol;
  }

  /** When something came over it last. */
  get inputMs(): number {
    return this.#liveness.inputMs;
  }

  /** A stream for one request; only while there is room. */
  begin(listener: OriginListener, webSocket: boolean): Http2OriginStream {
    this.#active++;
    return new Http2OriginStream(this, listener, webSocket);
  }

  /** Asks whether it is still there; until it answers, it has no room. */
  ask(): void {
    if (this.#state !== READY || this.isAsked) return;
    this.#liveness.ask(this.clock.nowMs());
    this.output.ping(MARK);
  }

  /** Takes no more streams, and ends with the last one. */
  leave(): void {
    this.#leaving = true;
    if (this.isIdle) this.#end(null);
  }

  /** Ends it at once. */
  destroy(): void {
    this.#end(null);
  }

  /** Called a few times a second. */
  sweep(nowMs: number): void {
    if (this.#state < READY) {
      if (this.connectDeadlineMs < nowMs) this.#end('connect_timeout');
    } else if (this.#liveness.isMute(nowMs)) this.#end('closed');
    else if (this.#liveness.isStuck(nowMs)) this.#fail(h2.ENHANCE_YOUR_CALM);
    else if (this.isIdle) this.output.rest();
  }

  open(stream: Http2OriginStream): boolean {
    if (this.#state !== READY) return false;
    this.#streams.open(stream);
    if (this.#streams.lastId >= LAST_ID) this.#leaving = true;
    return true;
  }

  touch(stream: Http2OriginStream): void {
    this.#streams.touch(stream);
  }

  onAnswer(stream: Http2OriginStream): void {
    // Whoever is known by the connection must not be taken for others who share it.
    if (bindsConnection(stream.head)) this.#leaving = true;
    this.#owner.onAnswer(stream);
  }

  onTunnel(stream: Http2OriginStream): void {
    this.#owner.onTunnel(stream);
  }

  onOver(stream: Http2OriginStream, use: StreamUse, clean: boolean): void {
    this.#streams.close(stream, clean);
    if (!clean && ++this.#cancelled >= CANCELLED_MAX) this.#leaving = true;
    if (use === 'waiting' && this.clock.nowMs() - this.inputMs > SILENCE_MS) this.ask();
    this.#release(stream, use);
  }

  /** Octets were gathered outside of a read: they go out when all that is ready has been handled. */
  onPending(): void {
    setImmediate(this.#flushLater);
  }

  onBlocked(): void {
    // Whoever waits for the origin has a deadline of its own.
  }

  onOverflow(): void {
    this.#end('closed');
  }

  #onConnect(): void {
    if (this.#state !== CONNECTING) return;
    const socket = this.#socket;
    if (socket instanceof TLSSocket && socket.alpnProtocol !== 'h2') {
      this.#end('invalid');
      return;
    }
    this.#state = GREETED;
    this.output.frames(GREETING);
  }

  /** A server that speaks other protocols only may say so by an alert (RFC 7301 section 3.2). */
  #onError({ code }: NodeJS.ErrnoException): void {
    this.#end(code?.includes('NO_APPLICATION_PROTOCOL') === true ? 'invalid' : 'closed');
  }

  #onData(chunk: Buffer): void {
    if (this.#state !== GREETED && this.#state !== READY) return;
    this.#liveness.inputMs = this.clock.nowMs();
    this.#budget.refill(this.inputMs);
    this.output.hold();
    const limitBefore = this.streamsMax;
    const fed = this.#session.feed(chunk);
    const code = fed === h2.NO_ERROR ? this.#session.advance(AT_ONCE) : fed;
    if (code !== h2.NO_ERROR) {
      this.#fail(code);
      return;
    }
    this.#streams.act();
    this.#afterRead(limitBefore);
    this.#flush();
  }

  /** What a read has told of the connection as a whole. */
  #afterRead(limitBefore: number): void {
    if (this.#state === GONE) return;
    const session = this.#session;
    if (session.goawayReceived) this.#onGoaway();
    const answered = this.#liveness.afterRead();
    const greeted = this.#state === GREETED && session.settingsReceived;
    if (greeted && this.#leaving) {
      this.#end('closed');
      return;
    }
    if (greeted) {
      this.#state = READY;
      this.#connected = true;
    }
    if (greeted || answered || this.streamsMax > limitBefore) this.#owner.onReady(this);
  }

  /** Requests above the last one named were not looked at; those below are still answered (section 6.8). */
  #onGoaway(): void {
    this.#leaving = true;
    this.#streams.refuseAbove(this.#session.goawayLastId);
  }

  #flush(): void {
    if (this.#state === GONE) return;
    this.scheduler.pump();
    this.output.flush();
    if (this.#leaving && this.isIdle) this.#end(null);
  }

  #onDrain(): void {
    if (this.#state === GONE) return;
    this.output.blocked = false;
    this.#flush();
  }

  #onBroken(stream: Http2OriginStream, fault: OriginFault): void {
    const { use } = stream;
    // What it did wrong is told here; that nothing more was heard is no second fault.
    stream.sentMs = 0;
    // The end of a connection is one failure, however many streams it carried.
    if (this.#state !== GONE) this.#owner.onStreamBroken(fault);
    this.#release(stream, use);
    stream.fail(fault);
  }

  #release(stream: Http2OriginStream, use: StreamUse): void {
    this.#active--;
    this.reused = true;
    if (this.isIdle) this.idleSinceMs = this.clock.nowMs();
    this.#owner.onStreamOver(this, stream, use);
    if (this.#leaving && this.isIdle) this.onPending();
  }

  /** Ends the connection for a fault of the origin's (section 5.4.1). */
  #fail(code: number): void {
    if (this.#state === GONE) return;
    this.output.goaway(0, code);
    this.#end('invalid');
  }

  /** The only place that ends it and reports the end. @param fault what the origin did, or null */
  #end(fault: OriginFault | null): void {
    if (this.#state === GONE) return;
    const connected = this.#connected;
    const carried = this.#active;
    if (fault === null && connected) this.output.goaway(0, h2.NO_ERROR);
    this.output.flush();
    this.#state = GONE;
    this.#hangUp();
    const reported = fault === 'closed' && !connected ? 'connect' : fault;
    this.#streams.breakAll(fault ?? 'closed');
    this.#owner.onGone(this, reported, carried);
  }

  /** What has been written still leaves, where the origin reads at all. */
  #hangUp(): void {
    if (this.output.blocked || this.#socket.connecting) this.#socket.destroy();
    else this.#socket.destroySoon();
  }
}

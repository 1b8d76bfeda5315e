/**
 * One client connection that speaks HTTP/2: its socket, its deadlines and its end. What the frames mean is in `session.ts`,
 * one request and its answer in `stream.ts`.
 *
 *   open -> closing     GOAWAY is out; the client may still read it
 *        -> closed
 *
 * Draining takes two steps (RFC 9113 section 6.8): a GOAWAY that names no last stream, a round trip, in which requests that
 * were on their way are still taken, and then one that does.
 */
import type { Socket } from 'node:net';
import { ENHANCE_YOUR_CALM, NO_ERROR, STREAM_ID_MAX } from '../../http/http2/frame-types.ts';
import { ErrorGuard } from '../error-guard.ts';
import type { ConnectionFacts } from '../exchange/connection-facts.ts';
import { patienceMs } from '../exchange/pace.ts';
import type { ConnectionEnd, OpenConnection } from '../listen/connection-registry.ts';
import { noteViolation } from '../pipeline/violations.ts';
import type { TrafficContext } from '../traffic-context.ts';
import { InputHold } from '../turns/input-hold.ts';
import { PacedInput } from '../turns/paced-input.ts';
import { AbuseBudget } from './abuse-budget.ts';
import { ConnectionDeadlines } from './connection-deadlines.ts';
import { FrameOutput, type OutputOwner } from './frame-output.ts';
import { SendScheduler } from './send-scheduler.ts';
import { Http2Session } from './session.ts';
import { StreamTable } from './stream-table.ts';

const OPEN = 0;
const CLOSING = 1;
const CLOSED = 2;

/** How far draining has come. */
const SERVING = 0;
const ANNOUNCED = 1;
const LAST_STREAM_NAMED = 2;

/** How long and how much a closing connection still reads, so that the last frames are not lost to a reset. */
const LINGER_MS = 2000;
const LINGER_BYTES_MAX = 1 << 20;
/** How much is read of a client that was cut off for abuse: its flood is not worth decrypting. */
const ABUSE_LINGER_BYTES_MAX = 65_536;
/** What the PING of a draining connection consists of. */
const DRAIN_MARK = 0x64;

export class Http2Connection implements OpenConnection, OutputOwner {
  readonly socket: Socket;
  readonly context: TrafficContext;
  readonly facts: ConnectionFacts;
  readonly #owner: ConnectionEnd;
  readonly #guard: ErrorGuard;
  readonly #output: FrameOutput;
  readonly #budget: AbuseBudget;
  readonly #scheduler: SendScheduler;
  readonly #streams: StreamTable;
  readonly #session: Http2Session;
  readonly #deadlines: ConnectionDeadlines;
  readonly #pace: PacedInput;
  readonly #flushLater: () => void;
  #state: number = OPEN;
  #draining: number = SERVING;
  #inputEnded = false;
  #lingerBytesLeft = LINGER_BYTES_MAX;
  #sweptMs: number;

  constructor(socket: Socket, facts: ConnectionFacts, context: TrafficContext, owner: ConnectionEnd) {
    const { http, http2: policy } = context.snapshot;
    const nowMs = context.clock.nowMs();
    this.socket = socket;
    this.facts = facts;
    this.context = context;
    this.#owner = owner;
    this.#sweptMs = nowMs;
    this.#deadlines = new ConnectionDeadlines(nowMs, http);
    const guard = new ErrorGuard(
      context.clock,
      (error) => context.observer.unexpected(error),
      () => this.destroy(),
    );
    this.#guard = guard;
    this.#flushLater = () => guard.run(() => this.#flush());
    const output = new FrameOutput(socket, this);
    const budget = new AbuseBudget(policy.abuse, nowMs);
    const scheduler = new SendScheduler(output, budget);
    const streams = new StreamTable({
      facts,
      context,
      policy,
      output,
      scheduler,
      budget,
      onEmpty: () => this.#onEmpty(),
    });
    this.#output = output;
    this.#budget = budget;
    this.#scheduler = scheduler;
    this.#streams = streams;
    const { blockBytesMax } = policy;
    this.#session = new Http2Session({
      output,
      budget,
      scheduler,
      streams,
      blockBytesMax,
      expectsPreface: true,
    });
    output.frames(policy.greeting);
    this.#pace = new PacedInput(socket, facts, context, guard, new InputHold(socket), {
      take: (chunk) => this.#take(chunk),
      goOn: () => this.#goOn(),
      end: () => this.#onInputEnd(),
    });
    socket.on('drain', () => guard.run(() => this.#onDrain()));
    socket.on('error', () => this.destroy());
    socket.on('close', () => this.destroy());
  }

  /** Finishes the requests in progress and those on their way, and takes no more. */
  drain(): void {
    if (this.#state !== OPEN || this.#draining !== SERVING) return;
    this.#draining = ANNOUNCED;
    this.#deadlines.expectRoundTrip(this.context.clock.nowMs());
    this.#output.goaway(STREAM_ID_MAX, NO_ERROR);
    this.#output.ping(DRAIN_MARK);
  }

  drainTunnels(): void {
    this.#streams.drainTunnels();
  }

  /** Ends the connection at once, on every path: idempotent, and the only place that reports the end. */
  destroy(): void {
    if (this.#state === CLOSED) return;
    this.#state = CLOSED;
    this.#pace.stop();
    this.#streams.endAll();
    this.socket.destroy();
    this.#owner.connectionEnded(this);
  }

  /** Called a few times a second. */
  sweep(nowMs: number): void {
    if (this.#state === OPEN) this.#guard.run(() => this.#sweepOpen(nowMs));
    else if (this.#state === CLOSING && this.#deadlines.lingerMs <= nowMs) this.destroy();
  }

  /** Octets were gathered outside of a read: they go out when all that is ready has been handled. */
  onPending(): void {
    setImmediate(this.#flushLater);
  }

  onBlocked(waitingBytes: number): void {
    const patience = patienceMs(waitingBytes, this.context.snapshot.http.responseBytesPerSecondMin);
    this.#deadlines.blockedMs = this.context.clock.nowMs() + patience;
  }

  onOverflow(): void {
    this.destroy();
  }

  #take(chunk: Buffer): boolean {
    if (this.#state === CLOSING) {
      this.#lingerBytesLeft -= chunk.length;
      if (this.#lingerBytesLeft < 0) this.destroy();
    }
    if (this.#state !== OPEN) return false;
    const code = this.#session.feed(chunk);
    if (code === NO_ERROR) return this.#goOn();
    this.#fail(code);
    return false;
  }

  /** Reads all that has come, then tells exchanges of it; true where the slice was too short for that. */
  #goOn(): boolean {
    if (this.#state !== OPEN) return false;
    const session = this.#session;
    const { mayGoOn } = this.context.inputTurns;
    const nowMs = this.context.clock.nowMs();
    this.#budget.refill(nowMs);
    this.#output.hold();
    const code = session.advance(mayGoOn);
    if (code !== NO_ERROR) {
      this.#fail(code);
      return false;
    }
    const more = session.hasMore || this.#streams.act(mayGoOn);
    if (session.pingsAcknowledged > 0 && this.#draining === ANNOUNCED) this.#nameLastStream();
    this.#deadlines.watchPart(session, nowMs, this.context.snapshot.http.headerTimeoutMs);
    this.#flush();
    return more && this.#state === OPEN;
  }

  #flush(): void {
    if (this.#state !== OPEN) return;
    this.#scheduler.pump();
    this.#output.flush();
    if (this.#state === OPEN && this.#streams.size === 0 && this.#isLeaving()) this.#close(NO_ERROR);
  }

  /** Whether nothing more is to come once the streams are done. */
  #isLeaving(): boolean {
    return this.#inputEnded || this.#session.goawayReceived || this.#draining === LAST_STREAM_NAMED;
  }

  #sweepOpen(nowMs: number): void {
    const deadlines = this.#deadlines;
    const code = deadlines.breach(this.#session, nowMs);
    if (code !== NO_ERROR) this.#fail(code);
    else if (deadlines.blockedMs <= nowMs) this.destroy();
    else if (this.#streams.size > 0) this.#sweepStreams(nowMs);
    else if (deadlines.idleMs <= nowMs) this.#close(NO_ERROR);
    else this.#output.rest();
    if (this.#state === OPEN && deadlines.drainMs <= nowMs) this.#nameLastStream();
    this.#sweptMs = nowMs;
  }

  #sweepStreams(nowMs: number): void {
    const budget = this.#budget;
    budget.refill(nowMs);
    budget.spendStalled(this.#streams.sweep(nowMs), nowMs - this.#sweptMs);
    if (budget.exceeded) this.#fail(ENHANCE_YOUR_CALM);
    else if (this.#streams.hasReleased) this.#pace.goOnLater();
  }

  #nameLastStream(): void {
    if (this.#draining !== ANNOUNCED) return;
    this.#draining = LAST_STREAM_NAMED;
    this.#deadlines.drainMs = Number.POSITIVE_INFINITY;
    this.#streams.refuseNew();
    this.#output.goaway(this.#streams.lastTakenId, NO_ERROR);
    if (this.#streams.size === 0) setImmediate(this.#flushLater);
  }

  /** Ends the connection for a fault of the client's (RFC 9113 section 5.4.1). */
  #fail(code: number): void {
    if (this.#budget.exceeded) {
      this.#lingerBytesLeft = ABUSE_LINGER_BYTES_MAX;
      this.context.observer.connectionRefused('http2_abuse', this.facts.client.address);
      // A listed proxy carries many clients: none of them is known to be the one.
      if (!this.facts.trusted) noteViolation(this.facts.client, 'http2_abuse', this.context);
    }
    this.#close(code);
  }

  #close(code: number): void {
    if (this.#state !== OPEN) return;
    this.#state = CLOSING;
    this.#pace.stop();
    this.#streams.endAll();
    this.#output.goaway(this.#streams.lastTakenId, code);
    this.#output.flush();
    this.#deadlines.lingerMs = this.context.clock.nowMs() + LINGER_MS;
    this.socket.end();
  }

  #onEmpty(): void {
    this.#deadlines.idleMs = this.context.clock.nowMs() + this.context.snapshot.http.idleTimeoutMs;
  }

  #onDrain(): void {
    if (this.#state !== OPEN) return;
    this.#output.blocked = false;
    this.#deadlines.blockedMs = Number.POSITIVE_INFINITY;
    this.#flush();
  }

  /** The client sends no more; what it asked for is still answered. */
  #onInputEnd(): void {
    this.#inputEnded = true;
    if (this.#state === CLOSING) {
      this.destroy();
      return;
    }
    if (this.#state !== OPEN) return;
    this.#streams.onInputEnd();
    this.#flush();
  }
}

/**
 * One request and its answer over HTTP/3, as its exchange sees it (RFC 9114 section 4.1).
 *
 *   opened -> head -> (first octet or end) -> exchange -> answered -> closed
 *
 * Whether a request has a body is told by its end, not by its head; so a head that could have none waits for what
 * follows it, which as a rule has come with it. The library reads on whatever is done with the octets: what comes
 * while the exchange wants no more is held here, counted with all bodies in memory, and refused beyond their bound.
 */
import type { QuicStream } from 'node:quic';
import { faultOf } from '../../http/faults.ts';
import type { FieldBlock } from '../../http/field-block.ts';
import { BODY_LENGTH, BODY_NONE } from '../../http/framing.ts';
import { isMalformed } from '../../http/http2/read-request.ts';
import { encodeReplyHead, encodeResponseHead } from '../../http/http2/write-head.ts';
import type { ResponseHead } from '../../http/response-head.ts';
import type { ClientStream } from '../exchange/client-stream.ts';
import type { ConnectionFacts } from '../exchange/connection-facts.ts';
import { Exchange } from '../exchange/exchange.ts';
import { patienceMs } from '../exchange/pace.ts';
import { ByteCarry } from '../http1/byte-carry.ts';
import type { Reply } from '../reply/reply.ts';
import type { HttpPolicy } from '../snapshot.ts';
import type { TrafficContext } from '../traffic-context.ts';
import { H3_INTERNAL_ERROR, H3_MESSAGE_ERROR, H3_NO_ERROR, H3_REQUEST_CANCELLED } from './error-codes.ts';
import { type FieldTableWriter, firstValues, type OutgoingFields } from './field-table-writer.ts';
import type { FieldTable, Http3Reader } from './read-head.ts';
import { StreamOutput } from './stream-output.ts';

/** What a stream needs of its connection. */
export interface StreamHost {
  readonly facts: ConnectionFacts;
  readonly context: TrafficContext;
  readonly reader: Http3Reader;
  /** Used up at once by whoever writes with it. */
  readonly writer: FieldTableWriter;
  /** Runs what follows from an event; an error in it costs the connection, and nothing else. */
  guard(action: () => void): void;
  /** The stream is over. */
  onClosed(stream: Http3Stream, how: StreamEnd): void;
}

export type StreamEnd = 'answered' | 'cancelled' | 'cancelled_late' | 'provoked' | 'aborted';

/** How much of a request is still read behind its answer, so that the client gets to read that. */
const LINGER_BYTES_MAX = 1 << 20;
/** An answer that is out has so much time to be read at least. */
const LINGER_MS_MIN = 2000;

export class Http3Stream implements ClientStream {
  readonly #host: StreamHost;
  readonly #stream: QuicStream;
  readonly #output: StreamOutput;
  #exchange: Exchange | null = null;
  /** The head, until it is known whether a body follows. */
  #table: FieldTable | null = null;
  #over = false;
  #answering = false;
  #remoteClosed = false;
  /** Octets that the body has to add up to, or -1 where the request does not say. */
  #bodyLength = -1;
  #received = 0;
  #paused = false;
  readonly #held: ByteCarry = new ByteCarry();
  /** Whether the exchange has not been told of all that has come. */
  #behind = false;
  #resuming = false;
  #trailersIn: FieldBlock | null = null;
  /** Whether the exchange was told that the client reads too slowly. */
  #slow = false;
  #lingerBytes = 0;
  #exchangeDeadlineMs: number;
  #overallDeadlineMs = Number.POSITIVE_INFINITY;
  #drainDeadlineMs = Number.POSITIVE_INFINITY;

  constructor(stream: QuicStream, host: StreamHost) {
    this.#stream = stream;
    this.#host = host;
    this.#output = new StreamOutput(stream, () => host.guard(() => this.#onRoom()));
    const { clock, snapshot } = host.context;
    this.#exchangeDeadlineMs = clock.nowMs() + snapshot.http.headerTimeoutMs;
    stream.onheaders = (table) => host.guard(() => this.#onHead(table));
    stream.ontrailers = (table) => host.guard(() => this.#onTrailers(table));
    stream.onreset = () => host.guard(() => this.#onReset());
    stream.onerror = () => undefined;
    const closed = (): void => host.guard(() => this.#onQuicClosed());
    stream.closed.then(closed, closed);
  }

  get facts(): ConnectionFacts {
    return this.#host.facts;
  }

  /** Of the site that is asked, as far as that is known. */
  get #policy(): HttpPolicy {
    return this.#exchange?.site.http ?? this.#host.context.snapshot.http;
  }

  /** Ends waits that have lasted too long; called a few times a second. */
  sweep(nowMs: number): void {
    if (this.#drainDeadlineMs !== Number.POSITIVE_INFINITY) {
      if (Math.min(this.#drainDeadlineMs, this.#overallDeadlineMs) <= nowMs)
        this.close('aborted', H3_REQUEST_CANCELLED);
      return;
    }
    if (this.#exchangeDeadlineMs > nowMs) return;
    const exchange = this.#exchange;
    if (exchange === null && this.#table !== null) this.#begin(false);
    else if (exchange?.finished === false) exchange.onDeadline();
    else if (this.#output.ended) this.close('answered', H3_NO_ERROR);
    else this.close('provoked', H3_REQUEST_CANCELLED);
  }

  /** Ends the stream, whoever wants it: idempotent, and the only place that reports the end. */
  close(how: StreamEnd, code: number): void {
    if (this.#over) return;
    this.#over = true;
    this.#release();
    const exchange = this.#exchange;
    if (exchange?.finished === false) exchange.onClientGone();
    this.#output.clear();
    if (!this.#stream.destroyed) this.#stream.destroy(undefined, { code });
    this.#host.onClosed(this, how);
  }

  sendContinue(): void {
    encodeReplyHead(this.#host.writer, 100, []);
    this.#sendInterimFields();
  }

  sendInterim(head: ResponseHead): void {
    encodeResponseHead(this.#host.writer, head);
    this.#sendInterimFields();
  }

  sendHead(head: ResponseHead, bytes: Buffer, start: number, end: number, done: boolean): boolean {
    encodeResponseHead(this.#host.writer, head, head.edits);
    if (!this.#sendFields()) return true;
    return this.sendData(bytes, start, end, done);
  }

  sendData(bytes: Buffer, start: number, end: number, done: boolean): boolean {
    const output = this.#output;
    if (this.#over) return true;
    output.write(bytes, start, end);
    if (done) output.end();
    if (!output.full) return true;
    this.#slow = true;
    this.#expectDrain();
    return false;
  }

  /**
   * Ends the answer without its trailers: the library writes them into the frame of data that is open now and then,
   * where the client takes them for a part of the body, or for a broken frame.
   */
  sendTrailers(): boolean {
    return this.sendData(NO_BYTES, 0, 0, true);
  }

  sendReply({ status, fields, body }: Reply): void {
    encodeReplyHead(
      this.#host.writer,
      status,
      fields.map(([name, value]) => [name.toLowerCase(), value]),
    );
    if (this.#sendFields()) this.sendData(Buffer.from(body, 'latin1'), 0, body.length, true);
  }

  /** WebSockets are not offered over HTTP/3, so no exchange ever asks for one. */
  openTunnel(): void {
    this.abort();
  }

  sendTunnel(): boolean {
    return true;
  }

  touchTunnel(): void {
    this.abort();
  }

  pauseInput(): void {
    this.#paused = true;
  }

  /** What was held goes on in a turn of its own: the exchange is in the middle of something. */
  resumeInput(): void {
    this.#paused = false;
    if (!this.#behind || this.#resuming) return;
    this.#resuming = true;
    queueMicrotask(() => this.#host.guard(() => this.#deliverHeld()));
  }

  setOverallDeadline(deadlineMs: number): void {
    this.#overallDeadlineMs = deadlineMs;
  }

  setExchangeDeadline(deadlineMs: number): void {
    this.#exchangeDeadlineMs = deadlineMs;
  }

  exchangeDone(): void {
    this.#release();
    if (!this.#output.full) this.#finishOutput();
  }

  abort(): void {
    this.close('aborted', H3_INTERNAL_ERROR);
  }

  #onHead(table: FieldTable): void {
    if (this.#over || this.#table !== null || this.#exchange !== null) return;
    this.#table = table;
    if (announcesBody(table)) this.#begin(false);
    if (!this.#over) void this.#readAll();
  }

  /** Reads to the end of the request; everything that could throw is behind the guard. */
  async #readAll(): Promise<void> {
    const host = this.#host;
    try {
      const input = this.#stream[Symbol.asyncIterator]();
      for (;;) {
        const { done, value } = await input.next();
        if (this.#over) return;
        host.guard(() => this.#onInput(value ?? NO_RUNS, done === true));
        if (done === true || this.#over) return;
      }
    } catch {
      // The client has broken its request off.
      host.guard(() => this.#onReset());
    }
  }

  #onInput(runs: readonly Uint8Array[], done: boolean): void {
    this.#remoteClosed = done;
    if (this.#exchange === null) this.#begin(done);
    const exchange = this.#exchange;
    if (this.#over || exchange === null) return;
    if (exchange.finished) {
      for (const run of runs) this.#lingerBytes += run.length;
      if (this.#lingerBytes > LINGER_BYTES_MAX && this.#output.ended) this.close('answered', H3_NO_ERROR);
      return;
    }
    for (const run of runs) this.#received += run.length;
    if (!this.#fitsLength(done)) {
      this.close('provoked', H3_MESSAGE_ERROR);
    } else if (exchange.head.framing !== BODY_NONE) {
      this.#behind ||= this.#paused || this.#resuming;
      for (const run of runs) this.#take(exchange, Buffer.from(run.buffer, run.byteOffset, run.length));
      if (!this.#behind) exchange.advance(done, this.#trailersIn);
    }
  }

  /** Whether the body can still be as long as the head has said (RFC 9114 section 4.1.2). */
  #fitsLength(done: boolean): boolean {
    if (this.#bodyLength === -1) return true;
    return done ? this.#received === this.#bodyLength : this.#received <= this.#bodyLength;
  }

  #take(exchange: Exchange, run: Buffer): void {
    if (exchange.finished || run.length === 0) return;
    if (!this.#behind) {
      exchange.receive(run);
      return;
    }
    this.#held.append(run);
    const roomLeft = exchange.hold(run.length);
    // A whole body may wait here, and no more: the client cannot be held back.
    if (this.#received > exchange.site.http.bodyBytesMax) exchange.refuse('body_too_large');
    else if (!roomLeft) exchange.refuse('overloaded');
  }

  #deliverHeld(): void {
    this.#resuming = false;
    const exchange = this.#exchange;
    if (this.#over || this.#paused || exchange === null || exchange.finished) return;
    this.#behind = false;
    const held = this.#held.take();
    exchange.hold(-held.length);
    if (held.length > 0) exchange.receive(held);
    exchange.advance(this.#remoteClosed, this.#trailersIn);
  }

  /** Nothing is held any more. */
  #release(): void {
    this.#exchange?.hold(-this.#held.take().length);
  }

  #begin(endStream: boolean): void {
    const { context, reader } = this.#host;
    const table = this.#table ?? {};
    this.#table = null;
    const exchange = new Exchange(this, context);
    this.#exchange = exchange;
    const { head } = exchange;
    const fault = reader.readHead(table, head, context.snapshot.http.requestLimits, endStream);
    if (fault !== 0 && isMalformed(fault)) {
      exchange.fault = faultOf(fault);
      exchange.reason = 'bad_request';
      this.close('provoked', H3_MESSAGE_ERROR);
    } else if (fault !== 0) {
      exchange.refuseFault(faultOf(fault));
    } else {
      if (head.framing === BODY_LENGTH) this.#bodyLength = head.contentLength;
      else if (head.framing === BODY_NONE) this.#bodyLength = 0;
      exchange.begin(!endStream && this.#received > 0);
    }
  }

  #onTrailers(table: FieldTable): void {
    if (this.#over) return;
    const trailers = this.#host.reader.readTrailers(table);
    if (trailers === undefined) this.close('provoked', H3_MESSAGE_ERROR);
    else this.#trailersIn = trailers;
  }

  /** The client has broken off its request, or wants no answer any more. */
  #onReset(): void {
    if (this.#output.ended) this.close('answered', H3_NO_ERROR);
    else this.close(this.#answering ? 'cancelled_late' : 'cancelled', H3_REQUEST_CANCELLED);
  }

  #onQuicClosed(): void {
    if (this.#output.ended) this.close('answered', H3_NO_ERROR);
    else this.#onReset();
  }

  /** The library takes data again. */
  #onRoom(): void {
    const output = this.#output;
    if (this.#over) return;
    if (!output.flush()) {
      this.#expectDrain();
      return;
    }
    this.#drainDeadlineMs = Number.POSITIVE_INFINITY;
    const exchange = this.#exchange;
    if (exchange?.finished === true) {
      this.#finishOutput();
    } else if (this.#slow) {
      this.#slow = false;
      exchange?.onClientDrain();
    }
  }

  /** The exchange is over, and the library has all of the answer, which the client still has to read. */
  #finishOutput(): void {
    const { clock } = this.#host.context;
    const { responseBytesPerSecondMin, idleTimeoutMs } = this.#policy;
    const patience = patienceMs(this.#stream.highWaterMark, responseBytesPerSecondMin);
    this.#exchangeDeadlineMs = clock.nowMs() + Math.min(patience, Math.max(idleTimeoutMs, LINGER_MS_MIN));
    if (!this.#output.ended) this.#output.end();
  }

  /** What waits now has to be gone at the least pace, with some grace. */
  #expectDrain(): void {
    const waiting = this.#output.waitingBytes + this.#stream.highWaterMark;
    const patience = patienceMs(waiting, this.#policy.responseBytesPerSecondMin);
    this.#drainDeadlineMs = this.#host.context.clock.nowMs() + patience;
  }

  /** Sends the head that was written last; false where the library refuses it, and then the stream is over. */
  #sendFields(): boolean {
    if (this.#over) return false;
    this.#answering = true;
    const { fields } = this.#host.writer;
    const sent = this.#trySend(fields) || this.#trySend(firstValues(fields));
    if (!sent) this.abort();
    return sent;
  }

  #trySend(fields: OutgoingFields): boolean {
    try {
      return this.#stream.sendHeaders(fields);
    } catch {
      return false;
    }
  }

  /** An interim head that the library refuses is left out. */
  #sendInterimFields(): void {
    if (this.#over) return;
    try {
      this.#stream.sendInformationalHeaders(this.#host.writer.fields);
    } catch {
      // Nothing depends on it.
    }
  }
}

const NO_BYTES: Buffer = Buffer.alloc(0);
const NO_RUNS: readonly Uint8Array[] = [];

/** Whether the request goes on for sure, or its client waits for a word before it does. */
function announcesBody(table: FieldTable): boolean {
  const length = table['content-length'];
  if (length !== undefined && length !== '0') return true;
  const type = table['content-type'];
  return table.expect !== undefined || (typeof type === 'string' && type.startsWith('application/grpc'));
}

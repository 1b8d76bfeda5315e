/**
 * One request and its response: read, judged, forwarded, answered, counted.
 *
 *   begin -> judge -> [collect body -> judge body] -> origin -> relay the response -> finish
 *                 \-> refuse (the node's own answer)
 *
 * An exchange ends exactly once, in `#finish`, whichever side ends it. It holds a connection to the origin
 * only between having all it needs to send and having the whole response. Every wait has a deadline, set on
 * the client connection, and whoever is waited for is blamed for it: 408 for a client, 504 for an origin,
 * silence for a client that does not read.
 */

import { REASONS, type Reason } from '../../core/reasons.ts';
import type { RefuseVerdict, RuleMatch } from '../../core/verdict.ts';
import { faultOf, type HttpFault } from '../../http/faults.ts';
import { BODY_CHUNKED, BODY_LENGTH, BODY_NONE, BODY_UNTIL_CLOSE } from '../../http/framing.ts';
import type { RequestHead } from '../../http/request-head.ts';
import type { ResponseHead } from '../../http/response-head.ts';
import { writeRequestHead } from '../../http/write-request.ts';
import { writeResponseHead } from '../../http/write-response.ts';
import type { Client } from '../client.ts';
import { clientOf } from '../pipeline/forwarded-client.ts';
import { judgeBody, judgeHead } from '../pipeline/judge.ts';
import { requestIdOf } from '../pipeline/request-id.ts';
import { replyFormat, writeOptionsReply, writeReply } from '../reply/reply.ts';
import type { Snapshot } from '../snapshot.ts';
import type { RequestOutcome } from '../telemetry/request-record.ts';
import type { TrafficContext } from '../traffic-context.ts';
import type { OriginConnection, OriginFault } from '../upstream/origin-connection.ts';
import type { OriginClient } from '../upstream/origin-pool.ts';
import { chunkOf, LAST_CHUNK } from './chunks.ts';
import { type ExchangeConnection, SLOW_GRACE_MS } from './exchange-connection.ts';
import { RequestBody } from './request-body.ts';
import { Tunnel } from './tunnel.ts';

/** Interim responses that one exchange may bring. */
const INTERIM_MAX = 16;
/** Octets of a body without rules to wait for that are collected before the origin is asked. */
const COLLECT_PLAIN = 65_536;

export class Exchange implements OriginClient, RequestOutcome {
  readonly connection: ExchangeConnection;
  readonly snapshot: Snapshot;
  readonly head: RequestHead;
  client: Client;
  requestId = '';
  /** Monotonic times: head complete, request handed to the origin. */
  startMs = 0;
  sentMs = 0;
  /** From the complete head to the end, in milliseconds. */
  durationMs = 0;
  /** From handing the request over to the end of the origin's answer; null where it was not asked. */
  originMs: number | null = null;
  /** Status sent to the client; 0 where it was gone before an answer. */
  status = 0;
  /** Why the node answered itself, or null. */
  reason: Reason | null = null;
  /** What was wrong with a malformed request, or null. */
  fault: HttpFault | null = null;
  matches: readonly RuleMatch[] = [];
  bytesIn = 0;
  bytesOut = 0;
  /** Why the origin failed, or null. */
  originFault: OriginFault | null = null;

  readonly #context: TrafficContext;
  #origin: OriginConnection | null = null;
  #body: RequestBody | null = null;
  #tunnel: Tunnel | null = null;
  #requestDone = false;
  #acquiring = false;
  #streaming = false;
  #responseStarted = false;
  #chunked = false;
  #close = false;
  #retried = false;
  #finished = false;
  #interims = 0;
  /** Who is waited for, by the answer that follows when the wait is too long. */
  #blame: Reason = 'request_timeout';
  /** Start of the time by which the body's pace is judged, and the octets it began with. */
  #paceMs = 0;
  #paceBytes = 0;

  constructor(connection: ExchangeConnection, context: TrafficContext) {
    this.connection = connection;
    this.client = connection.client;
    this.#context = context;
    this.snapshot = context.snapshot;
    this.head = context.heads.take(this.snapshot.http.requestLimits.headerCountMax);
  }

  get requestMethod(): string {
    return this.head.method;
  }

  get method(): string {
    return this.head.method;
  }

  get ruleIds(): readonly string[] {
    return this.matches.length === 0 ? NO_RULES : this.matches.map((match) => match.ruleId);
  }

  /** The head is read; `bytes[after, …)` is what came behind it. */
  begin(bytes: Buffer, after: number): void {
    const { head, connection } = this;
    this.startMs = this.#context.clock.nowMs();
    this.requestId = requestIdOf(head, connection.trusted, this.#context.nextRequestId);
    if (connection.trusted) this.client = clientOf(head, connection.client, this.snapshot);
    const bodiless = head.framing === BODY_NONE;
    if (bodiless) {
      this.#requestDone = true;
      if (after < bytes.length) connection.keep(bytes.subarray(after));
    }
    const verdict = judgeHead(this, this.#context);
    if (verdict.kind === 'refuse') this.#refuseWith(verdict);
    else if (head.maxForwards === 0 && head.method === 'OPTIONS') this.#answerOptions();
    else if (bodiless) this.#forward();
    else this.#beginBody(bytes, after);
  }

  /** More octets from the client while the exchange runs. */
  onRequestData(bytes: Buffer, start: number): void {
    const body = this.#body;
    if (body === null || this.#requestDone) {
      this.connection.keep(start === 0 ? bytes : bytes.subarray(start));
      return;
    }
    const reader = body.reader;
    let position = start;
    while (!reader.done && !this.#finished && position < bytes.length) {
      position = reader.next(bytes, position, bytes.length);
      if (position < 0) {
        this.refuseFault(faultOf(position));
        return;
      }
      if (reader.dataEnd > reader.dataStart) this.#takeData(bytes.subarray(reader.dataStart, reader.dataEnd));
    }
    if (this.#finished) return;
    if (reader.bytesTotal > this.snapshot.http.bodyBytesMax) {
      this.refuse('body_too_large');
    } else if (reader.done) {
      this.#requestDone = true;
      if (position < bytes.length) this.connection.keep(bytes.subarray(position));
      this.#endBody();
    } else {
      this.#setBodyDeadline();
    }
  }

  /** The client will send no more. */
  onInputEnd(): void {
    if (!this.#requestDone) this.connection.destroy();
  }

  /** Answers with the node's own page for `reason`. */
  refuse(reason: Reason): void {
    this.#refuseWith({ kind: 'refuse', reason, matches: [], retryAfterSeconds: 0 });
  }

  /** Answers a malformed request; where it ends is in doubt, so the connection ends too. */
  refuseFault(fault: HttpFault): void {
    this.fault = fault;
    this.#close = true;
    this.refuse(fault.reason);
  }

  /** The deadline on the connection has passed without the client being to blame for not reading. */
  onDeadline(): void {
    if (this.#responseStarted) this.connection.destroy();
    else this.refuse(this.#blame);
  }

  /** The client connection is gone, whatever the reason. */
  onClientGone(): void {
    this.#finish();
  }

  onClientDrain(): void {
    this.#origin?.resume();
    if (this.#tunnel === null) this.#waitForOrigin();
    else this.connection.touchTunnel();
  }

  onOrigin(origin: OriginConnection): void {
    this.#origin = origin;
    this.#acquiring = false;
    this.sentMs = this.#context.clock.nowMs();
    const { head, connection } = this;
    const authority = this.snapshot.upstream.authority;
    const body = this.#body;
    if (body === null) {
      origin.writeText(writeRequestHead(head, connection, BODY_NONE, 0, this.requestId, authority));
      this.#waitForOrigin();
      return;
    }
    const length = this.#requestDone ? body.collected : head.contentLength;
    const framing = this.#requestDone ? BODY_LENGTH : head.framing;
    const text = writeRequestHead(head, connection, framing, length, this.requestId, authority);
    this.#streaming = !this.#requestDone;
    this.#sendCollected(origin, text, framing);
    connection.resumeInput();
    if (this.#requestDone) this.#waitForOrigin();
    else this.#startPace();
  }

  onInterim(head: ResponseHead): void {
    if (++this.#interims > INTERIM_MAX) {
      this.#origin?.destroy();
      this.#origin = null;
      this.onOriginFault('invalid', false);
    } else if (this.head.minorVersion === 1 && head.status !== 100) {
      this.connection.writeText(writeResponseHead(head, false, false, 1));
    }
  }

  onResponse(head: ResponseHead, bytes: Buffer, dataStart: number, dataEnd: number, done: boolean): void {
    if (head.status === 101) {
      this.#openTunnel(head, bytes.subarray(dataStart, dataEnd));
      return;
    }
    const { minorVersion } = this.head;
    const endless = head.framing === BODY_CHUNKED || head.framing === BODY_UNTIL_CLOSE;
    this.#chunked = endless && minorVersion === 1;
    if (endless && minorVersion === 0) this.#close = true;
    if (!this.head.keepAlive || !this.#requestDone || this.#context.draining) this.#close = true;
    this.#responseStarted = true;
    this.status = head.status;
    const text = writeResponseHead(head, this.#chunked, this.#close, minorVersion);
    this.bytesOut += dataEnd - dataStart;
    const flowing = this.#chunked
      ? this.connection.writeBytes(chunkOf(text, bytes, dataStart, dataEnd, done))
      : this.connection.writeHeadAndData(text, bytes, dataStart, dataEnd);
    this.#afterWrite(flowing, done);
  }

  onResponseData(bytes: Buffer, dataStart: number, dataEnd: number, done: boolean): void {
    this.bytesOut += dataEnd - dataStart;
    let flowing = true;
    if (this.#chunked) {
      flowing = this.connection.writeBytes(chunkOf('', bytes, dataStart, dataEnd, done));
    } else if (dataEnd > dataStart) {
      const whole = dataStart === 0 && dataEnd === bytes.length;
      flowing = this.connection.writeBytes(whole ? bytes : bytes.subarray(dataStart, dataEnd));
    }
    this.#afterWrite(flowing, done);
  }

  onTunnelData(bytes: Buffer): void {
    this.bytesOut += bytes.length;
    if (this.#tunnel?.fromOrigin(bytes) === true) this.onTunnelEnd();
  }

  onTunnelEnd(): void {
    this.#finish();
    this.connection.exchangeDone(false);
  }

  onTunnelInput(bytes: Buffer): void {
    this.bytesIn += bytes.length;
    this.#tunnel?.fromClient(bytes);
  }

  onTunnelInputEnd(): void {
    this.#origin?.endTunnel();
  }

  drainTunnel(): void {
    if (this.#tunnel?.drain() === true) this.onTunnelEnd();
  }

  /** The origin cannot serve this exchange. A stale connection is replaced once, where repeating is safe. */
  onOriginFault(fault: OriginFault, started: boolean): void {
    const stale = fault === 'closed' && this.#origin?.reused === true;
    this.#origin = null;
    this.#acquiring = false;
    if (started || this.#responseStarted) {
      this.originFault = fault;
      this.connection.destroy();
    } else if (stale && !this.#retried && this.#body === null && isSafe(this.head.method)) {
      this.#retried = true;
      this.#acquire(true);
    } else {
      this.originFault = fault;
      this.refuse(ORIGIN_REASONS[fault]);
    }
  }

  onOriginDrain(): void {
    if (this.#tunnel !== null || this.#streaming) this.connection.resumeInput();
    if (this.#streaming) this.#startPace();
  }

  #beginBody(bytes: Buffer, after: number): void {
    const { head, snapshot } = this;
    if (head.framing === BODY_LENGTH && head.contentLength > snapshot.http.bodyBytesMax) {
      this.refuse('body_too_large');
      return;
    }
    const inspected = snapshot.waf?.bodyBytesInspected ?? 0;
    this.#body = new RequestBody(head.framing, head.contentLength, Math.max(inspected, COLLECT_PLAIN));
    if (head.expectContinue && after === bytes.length) this.connection.writeText(CONTINUE);
    this.#startPace();
    this.onRequestData(bytes, after);
  }

  #takeData(piece: Buffer): void {
    const body = this.#body!;
    this.bytesIn += piece.length;
    if (this.#streaming && this.#origin !== null) {
      const framed = this.head.framing === BODY_CHUNKED ? chunkOf('', piece, 0, piece.length, false) : piece;
      if (!this.#origin.writeBytes(framed)) this.#pauseForOrigin();
      return;
    }
    body.collect(piece);
    this.#context.bufferedBytes += piece.length;
    if (this.#context.bufferedBytes > this.snapshot.http.bufferedBytesMax) {
      this.refuse('overloaded');
    } else if (body.collected >= body.collectMax && !this.#acquiring && !body.reader.done) {
      this.connection.pauseInput();
      this.#judgeBodyAndForward(false);
    }
  }

  #endBody(): void {
    if (this.#streaming) {
      if (this.head.framing === BODY_CHUNKED) this.#origin?.writeText(LAST_CHUNK);
      this.#streaming = false;
      this.#waitForOrigin();
    } else if (!this.#acquiring) {
      this.#judgeBodyAndForward(true);
    }
  }

  #judgeBodyAndForward(complete: boolean): void {
    const verdict = judgeBody(this, this.#body!, complete);
    if (verdict.kind === 'refuse') this.#refuseWith(verdict);
    else this.#forward();
  }

  #forward(): void {
    this.#acquire(!isSafe(this.head.method));
  }

  #acquire(once: boolean): void {
    this.#acquiring = true;
    this.#waitForOrigin();
    this.#context.pool.acquire(this, once);
  }

  #sendCollected(origin: OriginConnection, text: string, framing: number): void {
    const body = this.#body!;
    const collected = this.#takeCollected(body);
    const head = framing === BODY_CHUNKED ? chunkOf(text, collected, 0, collected.length, false) : null;
    const bytes = head ?? Buffer.concat([Buffer.from(text, 'latin1'), collected]);
    if (!origin.writeBytes(bytes) && this.#streaming) this.#pauseForOrigin();
  }

  #takeCollected(body: RequestBody): Buffer {
    this.#context.bufferedBytes -= body.collected;
    return body.take();
  }

  /** The origin reads slowly: the client must not be blamed meanwhile. */
  #pauseForOrigin(): void {
    this.connection.pauseInput();
    this.#waitForOrigin();
  }

  #afterWrite(flowing: boolean, done: boolean): void {
    if (done) {
      const origin = this.#origin;
      this.#origin = null;
      origin?.release(this.#requestDone);
      this.#finish();
      this.connection.exchangeDone(!this.#close);
    } else if (flowing) {
      this.#waitForOrigin();
    } else {
      this.#origin?.pause();
    }
  }

  #openTunnel(head: ResponseHead, early: Buffer): void {
    const origin = this.#origin;
    const text = origin === null ? null : Tunnel.accept(this.head, head);
    if (origin === null || text === null) {
      origin?.destroy();
      this.#origin = null;
      this.onOriginFault('invalid', false);
      return;
    }
    this.status = 101;
    this.#responseStarted = true;
    this.#tunnel = new Tunnel(this.connection, origin);
    this.connection.writeText(text);
    if (early.length > 0) this.onTunnelData(early);
    this.connection.startTunnel();
  }

  #answerOptions(): void {
    this.status = 200;
    this.connection.writeText(writeOptionsReply(!this.head.keepAlive, this.requestId));
    this.#finish();
    this.connection.exchangeDone(this.head.keepAlive);
  }

  #refuseWith(verdict: RefuseVerdict): void {
    if (this.#finished) return;
    if (this.startMs === 0) this.#beginRefused();
    this.reason = verdict.reason;
    this.matches = verdict.matches;
    if (this.#responseStarted) {
      this.connection.destroy();
      return;
    }
    this.status = REASONS[verdict.reason].status;
    const keepAlive = this.#requestDone && this.head.keepAlive && !this.#close && !this.#context.draining;
    this.connection.writeText(
      writeReply({
        reason: verdict.reason,
        requestId: this.requestId,
        format: replyFormat(this.fault === null ? this.head.fields.get('accept') : null),
        retryAfterSeconds: verdict.retryAfterSeconds,
        close: !keepAlive,
        headOnly: this.head.method === 'HEAD',
        wallMs: this.#context.clock.wallMs(),
      }),
    );
    this.#finish();
    this.connection.exchangeDone(keepAlive);
  }

  /** A request that was refused before its head was whole. */
  #beginRefused(): void {
    this.startMs = this.#context.clock.nowMs();
    this.requestId = this.#context.nextRequestId();
  }

  #finish(): void {
    if (this.#finished) return;
    this.#finished = true;
    this.#origin?.destroy();
    this.#origin = null;
    if (this.#acquiring) this.#context.pool.cancel(this);
    if (this.#body !== null) this.#takeCollected(this.#body);
    const nowMs = this.#context.clock.nowMs();
    this.durationMs = this.startMs === 0 ? 0 : nowMs - this.startMs;
    if (this.sentMs !== 0) this.originMs = nowMs - this.sentMs;
    this.#context.observer.exchangeDone(this);
    this.#context.heads.give(this.head);
  }

  #overallDeadline(): number {
    return this.startMs + this.snapshot.http.requestTimeoutMs;
  }

  #waitForOrigin(): void {
    if (this.#finished) return;
    this.#blame = 'origin_timeout';
    const response = this.#context.clock.nowMs() + this.snapshot.upstream.responseTimeoutMs;
    this.connection.setExchangeDeadline(Math.min(response, this.#overallDeadline()));
  }

  #startPace(): void {
    this.#paceMs = this.#context.clock.nowMs();
    this.#paceBytes = this.#body?.reader.bytesTotal ?? 0;
    this.#setBodyDeadline();
  }

  #setBodyDeadline(): void {
    if (this.#acquiring) return;
    this.#blame = 'request_timeout';
    const received = (this.#body?.reader.bytesTotal ?? 0) - this.#paceBytes;
    const earnedMs = (received * 1000) / this.snapshot.http.bodyBytesPerSecondMin;
    const paced = this.#paceMs + SLOW_GRACE_MS + earnedMs;
    this.connection.setExchangeDeadline(Math.min(paced, this.#overallDeadline()));
  }
}

const NO_RULES: readonly string[] = [];

const CONTINUE = 'HTTP/1.1 100 Continue\r\n\r\n';

const ORIGIN_REASONS: Readonly<Record<OriginFault, Reason>> = {
  closed: 'origin_unreachable',
  connect: 'origin_unreachable',
  invalid: 'origin_invalid',
  connect_timeout: 'origin_timeout',
  busy: 'origin_busy',
};

/** Methods that change nothing at the origin, so that a request may be sent a second time (RFC 9110 §9.2.1). */
function isSafe(method: string): boolean {
  return method === 'GET' || method === 'HEAD' || method === 'OPTIONS';
}

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
import { refuseFor } from '../../core/verdict.ts';
import { faultOf, type HttpFault } from '../../http/faults.ts';
import { BODY_LENGTH, BODY_NONE } from '../../http/framing.ts';
import type { RequestHead } from '../../http/request-head.ts';
import type { ResponseHead } from '../../http/response-head.ts';
import { writeRequestHead } from '../../http/write-request.ts';
import { writeResponseHead } from '../../http/write-response.ts';
import type { Inspection } from '../../waf/inspector.ts';
import type { Client } from '../client.ts';
import { clientOf } from '../pipeline/forwarded-client.ts';
import { judgeBody, judgeHead } from '../pipeline/judge.ts';
import type { JudgedRequest } from '../pipeline/judged-request.ts';
import { requestIdOf } from '../pipeline/request-id.ts';
import { replyFormat, writeOptionsReply, writeReply } from '../reply/reply.ts';
import type { Snapshot } from '../snapshot.ts';
import type { TrafficContext } from '../traffic-context.ts';
import type { FinishedExchange } from '../traffic-observer.ts';
import type { OriginConnection, OriginFault } from '../upstream/origin-connection.ts';
import type { OriginClient } from '../upstream/origin-pool.ts';
import type { ExchangeConnection } from './exchange-connection.ts';
import { ExchangeDeadline } from './exchange-deadline.ts';
import { type IntakeOwner, RequestIntake } from './request-intake.ts';
import type { Refusal } from './response-gate.ts';
import { type PathStep, ResponsePath } from './response-path.ts';
import { Tunnel } from './tunnel.ts';

/** Interim responses that one exchange may bring. */
const INTERIM_MAX = 16;
/** Octets of a body that are collected before the origin is asked, where no rules want to see more. */
const COLLECT_PLAIN = 65_536;

export class Exchange implements OriginClient, IntakeOwner, JudgedRequest, FinishedExchange {
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
  inspection: Inspection | null = null;
  readonly #context: TrafficContext;
  readonly #deadline: ExchangeDeadline;
  #origin: OriginConnection | null = null;
  #intake: RequestIntake | null = null;
  #path: ResponsePath | null = null;
  #tunnel: Tunnel | null = null;
  #acquiring = false;
  #originSlow = false;
  #doubtful = false;
  #retried = false;
  #finished = false;
  #interims = 0;

  constructor(connection: ExchangeConnection, context: TrafficContext) {
    this.connection = connection;
    this.client = connection.client;
    this.#context = context;
    this.snapshot = context.snapshot;
    this.head = context.heads.take(this.snapshot.http.requestLimits.headerCountMax);
    this.#deadline = new ExchangeDeadline(connection, context.clock, this.snapshot);
  }

  get method(): string {
    return this.head.method;
  }

  get forwarded(): boolean {
    return this.client !== this.connection.client;
  }

  /** Rules that matched, also where they were only observed. */
  get ruleIds(): readonly string[] {
    return this.inspection?.ruleIds ?? NO_RULES;
  }

  get bytesIn(): number {
    return this.#tunnel?.bytesIn ?? this.#intake?.received ?? 0;
  }

  get bytesOut(): number {
    return this.#tunnel?.bytesOut ?? this.#path?.bytes ?? 0;
  }

  /** The head is read; `bytes[after, …)` is what came behind it. */
  begin(bytes: Buffer, after: number): void {
    const { head, connection } = this;
    this.startMs = this.#context.clock.nowMs();
    this.requestId = requestIdOf(head, connection.trusted, this.#context.nextRequestId);
    this.#deadline.begin();
    if (connection.trusted) this.client = clientOf(head, connection.client, this.snapshot);
    const bodiless = head.framing === BODY_NONE;
    if (bodiless && after < bytes.length) connection.keep(bytes.subarray(after));
    const verdict = judgeHead(this, this.#context);
    if (verdict.kind !== 'pass') this.#refuseWith(verdict);
    else if (head.maxForwards === 0 && head.method === 'OPTIONS') this.#answerOptions();
    else if (bodiless) this.#acquire(!isSafe(head.method));
    else this.#beginBody(bytes, after);
  }

  /** More octets from the client while the exchange runs. */
  onRequestData(bytes: Buffer, start: number): void {
    const intake = this.#intake;
    if (intake === null || intake.complete) {
      this.connection.keep(start === 0 ? bytes : bytes.subarray(start));
      return;
    }
    const position = intake.receive(bytes, start);
    if (position < 0) {
      this.refuseFault(faultOf(position));
      return;
    }
    // Kept before anything is answered: what stands behind the body is the next request.
    if (position < bytes.length) this.connection.keep(bytes.subarray(position));
    const { refusal } = intake;
    if (refusal !== null) {
      this.#doubtful = true;
      this.refuse(refusal);
      return;
    }
    intake.advance();
    if (this.#finished) return;
    if (!intake.complete && !this.#acquiring && !this.#originSlow) this.#deadline.keepPace(intake.received);
  }

  /** The client will send no more. */
  onInputEnd(): void {
    if (!this.#requestComplete) this.connection.destroy();
  }

  /** Answers with the node's own page for `reason`. */
  refuse(reason: Reason): void {
    this.#refuseWith(refuseFor(reason));
  }

  /** Answers a malformed request; where it ends is in doubt, so the connection ends too. */
  refuseFault(fault: HttpFault): void {
    this.fault = fault;
    this.#doubtful = true;
    this.refuse(fault.reason);
  }

  /** The deadline on the connection has passed without the client being to blame for not reading. */
  onDeadline(): void {
    if (this.#started) this.connection.destroy();
    else this.refuse(this.#deadline.blame);
  }

  /** The client connection is gone, whatever the reason. */
  onClientGone(): void {
    this.#finish();
  }

  onClientDrain(): void {
    this.#origin?.resume();
    if (this.#tunnel === null) this.#deadline.waitForOrigin();
    else this.connection.touchTunnel();
  }

  onOrigin(origin: OriginConnection): void {
    this.#origin = origin;
    this.#acquiring = false;
    const intake = this.#intake;
    const framing = intake?.framing ?? BODY_NONE;
    const { head, connection, requestId } = this;
    const { authority } = this.snapshot.upstream;
    const text = writeRequestHead(head, connection, framing, intake?.length ?? 0, requestId, authority);
    this.#deadline.waitForOrigin();
    if (intake === null) {
      origin.writeText(text);
    } else {
      if (!intake.complete) this.#deadline.waitForBody(intake.received);
      connection.resumeInput();
      intake.connect(origin, text);
    }
    this.sentMs = this.#context.clock.readMs();
  }

  onInterim(head: ResponseHead): void {
    if (++this.#interims > INTERIM_MAX) this.#refuseOrigin();
    else if (this.head.minorVersion === 1 && head.status !== 100) {
      this.connection.writeText(writeResponseHead(head, false, false, 1));
    }
  }

  onResponse(head: ResponseHead, bytes: Buffer, dataStart: number, dataEnd: number, done: boolean): void {
    if (head.status === 101) {
      this.#openTunnel(head, bytes.subarray(dataStart, dataEnd));
      return;
    }
    const close = !this.head.keepAlive || !this.#requestComplete || this.#context.draining;
    const path = new ResponsePath(this, this.connection, head, close, this.#context);
    this.#path = path;
    this.status = head.status;
    this.#afterStep(path.open(head, bytes, dataStart, dataEnd, done), done);
  }

  onResponseData(bytes: Buffer, dataStart: number, dataEnd: number, done: boolean): void {
    const step = this.#path?.add(bytes, dataStart, dataEnd, done) ?? 'flowing';
    this.#afterStep(step, done);
  }

  onTunnelData(bytes: Buffer): void {
    if (this.#tunnel?.fromOrigin(bytes) === true) this.onTunnelEnd();
  }

  onTunnelEnd(): void {
    this.#finish();
    this.connection.exchangeDone(false);
  }

  onTunnelInput(bytes: Buffer): void {
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
    const stale = fault === 'closed' && !started && this.#origin?.reused === true;
    this.#origin = null;
    this.#acquiring = false;
    if (this.#started || (started && this.#path === null)) {
      this.connection.destroy();
    } else if (stale && !this.#retried && this.#intake === null && isSafe(this.head.method)) {
      this.#retried = true;
      this.#acquire(true);
    } else {
      this.refuse(ORIGIN_REASONS[fault]);
    }
  }

  onOriginDrain(): void {
    this.#originSlow = false;
    this.connection.resumeInput();
    if (this.#intake !== null && !this.#intake.complete) this.#deadline.waitForBody(this.#intake.received);
  }

  hold(delta: number): boolean {
    this.#context.bufferedBytes += delta;
    return this.#context.bufferedBytes <= this.snapshot.http.bufferedBytesMax;
  }

  onCollected(): void {
    const intake = this.#intake!;
    this.connection.pauseInput();
    const verdict = judgeBody(this, intake, this.#context);
    if (verdict.kind !== 'pass') this.#refuseWith(verdict);
    else this.#acquire(true);
  }

  onSent(): void {
    this.#deadline.waitForOrigin();
  }

  onOriginSlow(): void {
    this.#originSlow = true;
    this.connection.pauseInput();
    this.#deadline.waitForOrigin();
  }

  /** Whether the client has got the beginning of an answer. */
  get #started(): boolean {
    return this.#path?.started === true;
  }

  get #requestComplete(): boolean {
    return this.#intake === null ? this.head.framing === BODY_NONE : this.#intake.complete;
  }

  #beginBody(bytes: Buffer, after: number): void {
    const { head, snapshot } = this;
    const { bodyBytesMax } = snapshot.http;
    if (head.framing === BODY_LENGTH && head.contentLength > bodyBytesMax) {
      this.refuse('body_too_large');
      return;
    }
    const collectMax = Math.max(snapshot.waf?.bodyBytesInspected ?? 0, COLLECT_PLAIN);
    this.#intake = new RequestIntake(head, { bodyBytesMax, collectMax }, this);
    if (head.expectContinue && after === bytes.length) this.connection.writeText(CONTINUE);
    this.#deadline.waitForBody(0);
    this.onRequestData(bytes, after);
  }

  #acquire(once: boolean): void {
    this.#acquiring = true;
    this.#deadline.waitForOrigin();
    this.#context.pool.acquire(this, once);
  }

  #afterStep(step: PathStep, done: boolean): void {
    if (typeof step === 'object') {
      this.#keepAnswer();
      this.#origin?.destroy();
      this.#origin = null;
      this.#refuseWith(step);
    } else if (done && step !== 'held') {
      this.#answered();
    } else if (step === 'slow') {
      this.#origin?.pause();
    } else {
      this.#deadline.waitForOrigin();
    }
  }

  #answered(): void {
    this.#keepAnswer();
    const origin = this.#origin;
    this.#origin = null;
    origin?.release(this.#requestComplete);
    const close = this.#path?.close ?? true;
    this.#finish();
    this.connection.exchangeDone(!close);
  }

  /** The audit log tells about the origin's answer, whose head is not this exchange's for long. */
  #keepAnswer(): void {
    const { inspection, snapshot } = this;
    const audit = snapshot.waf?.audit ?? null;
    if (audit === null || inspection === null) return;
    if (audit.events === 'all' || inspection.matches.length > 0)
      inspection.answer = this.#path?.copyHead() ?? null;
  }

  #openTunnel(head: ResponseHead, early: Buffer): void {
    const origin = this.#origin;
    const text = origin === null ? null : Tunnel.accept(this.head, head);
    if (origin === null || text === null) {
      this.#refuseOrigin();
      return;
    }
    this.status = 101;
    this.#tunnel = new Tunnel(this.connection, origin);
    this.connection.writeText(text);
    if (early.length > 0) this.onTunnelData(early);
    if (!this.#finished) this.connection.startTunnel();
  }

  /** The origin said something that no answer to this request can be. */
  #refuseOrigin(): void {
    this.#origin?.destroy();
    this.onOriginFault('invalid', false);
  }

  #answerOptions(): void {
    // A body that nobody has read would be taken for the next request.
    const keepAlive = this.head.keepAlive && this.#requestComplete && !this.#context.draining;
    this.status = 200;
    this.connection.writeText(writeOptionsReply(!keepAlive, this.requestId));
    this.#finish();
    this.connection.exchangeDone(keepAlive);
  }

  #refuseWith(verdict: Refusal): void {
    if (this.#finished) return;
    if (this.startMs === 0) this.#beginRefused();
    this.reason = verdict.reason;
    if (this.#started || verdict.kind === 'drop') {
      this.connection.destroy();
      return;
    }
    const { head } = this;
    this.status = verdict.status ?? REASONS[verdict.reason].status;
    const keepAlive = this.#requestComplete && head.keepAlive && !this.#doubtful && !this.#context.draining;
    this.connection.writeText(
      writeReply({
        status: this.status,
        location: verdict.location,
        requestId: this.requestId,
        format: replyFormat(this.fault === null ? head.fields.get('accept') : null),
        retryAfterSeconds: verdict.retryAfterSeconds,
        close: !keepAlive,
        headOnly: head.method === 'HEAD',
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
    this.#doubtful = true;
  }

  #finish(): void {
    if (this.#finished) return;
    this.#finished = true;
    this.#origin?.destroy();
    this.#origin = null;
    if (this.#acquiring) this.#context.pool.cancel(this);
    this.#intake?.end();
    this.#path?.end();
    this.inspection?.finish();
    const { clock } = this.#context;
    // The origin's time ends with the turn in which its last octets came; the rest is the node's own.
    if (this.sentMs !== 0) this.originMs = Math.max(0, clock.nowMs() - this.sentMs);
    this.durationMs = this.startMs === 0 ? 0 : clock.readMs() - this.startMs;
    this.#context.observer.exchangeDone(this);
    this.#context.heads.give(this.head);
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

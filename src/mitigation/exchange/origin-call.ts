/**
 * Asking an origin on behalf of one exchange: found, asked, listened to; once more where that is safe.
 *
 *   start -> waiting for a stream -> asked -> answering -> answered
 *                                          \-> tunnel
 *
 * The call holds a stream to the origin only between having all it needs to send and having the whole response. A
 * request is repeated only while nothing of an answer has come and repeating changes nothing: on a connection that
 * had gone stale, or, within the retry budget of its origins, on another one.
 */
import { refuseFor } from '../../core/verdict.ts';
import type { FieldBlock } from '../../http/field-block.ts';
import * as kind from '../../http/field-names.ts';
import { BODY_NONE } from '../../http/framing.ts';
import type { ResponseHead } from '../../http/response-head.ts';
import { writeRequestHead } from '../../http/write-request.ts';
import type { Client } from '../client.ts';
import type { JudgedRequest } from '../pipeline/judged-request.ts';
import { type Priority, priorityOf } from '../pipeline/priority.ts';
import type { TrafficContext } from '../traffic-context.ts';
import { clientHash } from '../upstream/balance/client-hash.ts';
import type { OriginClient, OriginWish } from '../upstream/origin-client.ts';
import { reasonOfFault, retryAfterOfFault } from '../upstream/origin-faults.ts';
import type { Upstream } from '../upstream/upstream.ts';
import type { ClientStream } from './client-stream.ts';
import type { ConnectionFacts } from './connection-facts.ts';
import type { ExchangeDeadline } from './exchange-deadline.ts';
import type { OriginFault, OriginStream } from './origin-stream.ts';
import type { RequestIntake } from './request-intake.ts';
import type { Refusal } from './response-gate.ts';
import { type PathStep, ResponsePath } from './response-path.ts';
import { Tunnel } from './tunnel.ts';

/** The exchange that calls; what stands behind `onAnswering` ends it. */
export interface CallingExchange extends JudgedRequest {
  readonly stream: ClientStream;
  readonly deadline: ExchangeDeadline;
  /** The body, or null where the request has none. */
  readonly intake: RequestIntake | null;
  readonly requestComplete: boolean;
  /** The origin answers; nothing of it has been sent yet. */
  onAnswering(head: ResponseHead): void;
  /** The whole answer has been sent. */
  onAnswered(): void;
  /** The tunnel is over. */
  onTunnelEnded(): void;
  /** Nothing has been sent to the client, and this is what it is told instead. */
  refuseWith(refusal: Refusal): void;
  /** The answer broke off. */
  abort(): void;
}

/** Interim responses that one exchange may bring. */
const INTERIM_MAX = 16;

export class OriginCall implements OriginClient, OriginWish {
  once = false;
  priority: Priority = 0;
  /** The origin that failed the request before, or ''. */
  avoid = '';
  /** Monotonic time at which the request was handed over; 0 before. */
  sentMs = 0;
  /** Whether a stream to an origin is waited for. */
  waiting = false;
  /** Whether the origin takes the body more slowly than it comes. */
  slow = false;
  readonly #exchange: CallingExchange;
  readonly #context: TrafficContext;
  readonly #upstream: Upstream;
  #origin: OriginStream | null = null;
  #path: ResponsePath | null = null;
  #tunnel: Tunnel | null = null;
  #attempts = 0;
  #replaced = false;
  #interims = 0;
  #ended = false;

  constructor(exchange: CallingExchange, context: TrafficContext) {
    this.#exchange = exchange;
    this.#context = context;
    this.#upstream = context.upstreams.of(exchange.site.upstream);
  }

  get method(): string {
    return this.#exchange.head.method;
  }

  /** Clients of HTTP/1.1 get no trailers, whatever they take. */
  get takesTrailers(): boolean {
    const { protocol, fields } = this.#exchange.head;
    const isOld = protocol === 'HTTP/1.0' || protocol === 'HTTP/1.1';
    return !isOld && fields.indexOfKind(kind.TE) !== -1;
  }

  get client(): Client {
    return this.#exchange.client;
  }

  get connection(): ConnectionFacts {
    return this.#exchange.connection;
  }

  get hash(): number {
    return clientHash(this.#exchange.client);
  }

  get webSocket(): boolean {
    return this.#exchange.head.webSocketKey !== '';
  }

  /** Whether the client has got the beginning of an answer. */
  get started(): boolean {
    return this.#path?.started === true || this.#tunnel !== null;
  }

  /** Octets of a tunnel that came from the client; null without a tunnel. */
  get tunnelBytesIn(): number | null {
    return this.#tunnel?.bytesIn ?? null;
  }

  /** Octets sent to the client, heads apart. */
  get bytesOut(): number {
    return this.#tunnel?.bytesOut ?? this.#path?.bytes ?? 0;
  }

  /** Looks for an origin; all that is to be judged of the request has been. */
  start(): void {
    const { head, intake } = this.#exchange;
    this.once = intake !== null || !isSafe(head.method);
    this.priority = priorityOf(this.#exchange, this.#context);
    this.#wait();
    this.#upstream.acquire(this, this);
  }

  onOrigin(origin: OriginStream): void {
    this.#origin = origin;
    this.waiting = false;
    const { head, connection, stream, requestId, intake, deadline, site } = this.#exchange;
    const framing = intake?.framing ?? BODY_NONE;
    const text = writeRequestHead(head, connection, framing, intake?.length ?? 0, requestId, site);
    deadline.waitForOrigin();
    if (intake === null) {
      origin.sendRequest(text, BODY_NONE, NO_BYTES, true);
    } else {
      if (!intake.complete) deadline.waitForBody(intake.received);
      stream.resumeInput();
      intake.connect(origin, text);
    }
    this.sentMs = this.#context.clock.readMs();
  }

  onInterim(head: ResponseHead): void {
    if (++this.#interims > INTERIM_MAX) this.#refuseOrigin();
    else if (head.status !== 100) this.#exchange.stream.sendInterim(head);
  }

  onResponse(head: ResponseHead, bytes: Buffer, start: number, end: number, done: boolean): void {
    if (head.status === 101) {
      this.#openTunnel(head, bytes.subarray(start, end));
      return;
    }
    const exchange = this.#exchange;
    const { stream, requestComplete } = exchange;
    const path = new ResponsePath(exchange, stream, head, requestComplete, this.#context);
    this.#path = path;
    exchange.onAnswering(head);
    this.#afterStep(path.open(head, bytes, start, end, done), done);
  }

  onResponseData(bytes: Buffer, start: number, end: number, done: boolean): void {
    this.#afterStep(this.#path?.add(bytes, start, end, done) ?? 'flowing', done);
  }

  onResponseTrailers(trailers: FieldBlock): void {
    this.#afterStep(this.#path?.addTrailers(trailers) ?? 'flowing', true);
  }

  onTunnelData(bytes: Buffer): void {
    if (this.#tunnel?.fromOrigin(bytes) === true) this.onTunnelEnd();
  }

  onTunnelEnd(): void {
    this.#exchange.onTunnelEnded();
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

  onOriginFault(fault: OriginFault, started: boolean): void {
    const origin = this.#origin;
    this.#origin = null;
    this.waiting = false;
    if (this.started || (started && this.#path === null)) this.#exchange.abort();
    else if (!started && this.#mayRepeat(fault, origin)) this.#repeat();
    else this.#exchange.refuseWith(refuseFor(reasonOfFault(fault), retryAfterOfFault(fault)));
  }

  onOriginDrain(): void {
    this.slow = false;
    const { stream, intake, deadline } = this.#exchange;
    stream.resumeInput();
    if (intake !== null && !intake.complete) deadline.waitForBody(intake.received);
  }

  /** The origin reads slowly: the client is held back. */
  onSlow(): void {
    this.slow = true;
    this.#exchange.stream.pauseInput();
    this.#exchange.deadline.waitForOrigin();
  }

  onClientDrain(): void {
    this.#origin?.resume();
    if (this.#tunnel === null) this.#exchange.deadline.waitForOrigin();
    else this.#exchange.stream.touchTunnel();
  }

  /** The exchange is over: nothing is held any more. */
  end(): void {
    this.#ended = true;
    this.#origin?.destroy();
    this.#origin = null;
    if (this.waiting) this.#upstream.cancel(this);
    this.waiting = false;
    this.#path?.end();
  }

  #repeat(): void {
    this.#wait();
    this.#upstream.acquireAgain(this, this);
  }

  #wait(): void {
    this.waiting = true;
    this.#exchange.deadline.waitForOrigin();
  }

  /** Whether the request may go out once more; notes that it does. */
  #mayRepeat(fault: OriginFault, origin: OriginStream | null): boolean {
    const { intake, head, site } = this.#exchange;
    if (origin === null || intake !== null) return false;
    const untouched = fault === 'unprocessed';
    if (!untouched && (fault !== 'closed' || !isSafe(head.method))) return false;
    // A kept connection that had gone stale in silence says nothing about its origin.
    if (!untouched && origin.reused && !this.#replaced) {
      this.#replaced = true;
      this.once = true;
      return true;
    }
    if (this.#attempts >= site.upstream.retry.attemptsMax || !this.#upstream.mayRetry()) return false;
    this.#attempts++;
    this.avoid = origin.originId;
    return true;
  }

  #afterStep(step: PathStep, done: boolean): void {
    // Writing may have shown that the client is gone.
    if (this.#ended) return;
    if (typeof step === 'object') {
      this.#origin?.destroy();
      this.#origin = null;
      this.#exchange.refuseWith(step);
    } else if (done && step !== 'held') {
      const origin = this.#origin;
      this.#origin = null;
      origin?.release(this.#exchange.requestComplete);
      this.#exchange.onAnswered();
    } else if (step === 'slow') {
      this.#origin?.pause();
    } else {
      this.#exchange.deadline.waitForOrigin();
    }
  }

  #openTunnel(head: ResponseHead, early: Buffer): void {
    const origin = this.#origin;
    const { stream, head: request } = this.#exchange;
    if (origin === null || !Tunnel.accepts(request, head)) {
      this.#refuseOrigin();
      return;
    }
    this.#exchange.onAnswering(head);
    this.#tunnel = new Tunnel(stream, origin);
    stream.openTunnel(head);
    if (early.length > 0) this.onTunnelData(early);
  }

  /** The origin said something that no answer to this request can be. */
  #refuseOrigin(): void {
    this.#origin?.destroy();
    this.#origin = null;
    this.onOriginFault('invalid', false);
  }
}

const NO_BYTES: Buffer = Buffer.alloc(0);

/** Methods that change nothing at the origin, so that a request may be sent a second time (RFC 9110 §9.2.1). */
function isSafe(method: string): boolean {
  return method === 'GET' || method === 'HEAD' || method === 'OPTIONS';
}

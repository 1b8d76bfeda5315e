/**
 * One request and its answer, whatever the protocol: judged, forwarded, answered, counted.
 *
 *   begin -> judge -> [collect body -> judge body] -> call the origin -> its answer is sent on -> finish
 *                 \-> refuse (the node's own answer)
 *
 * An exchange ends exactly once, in `#finish`, whichever side ends it. Every wait has a deadline, kept by the client's
 * stream, and whoever is waited for is blamed for it: 408 for a client, 504 for an origin, silence for a client that
 * does not read.
 */
import type { Reason } from '../../core/reasons.ts';
import { type RefuseVerdict, refuseFor } from '../../core/verdict.ts';
import type { HttpFault } from '../../http/faults.ts';
import type { FieldBlock } from '../../http/field-block.ts';
import { BODY_LENGTH, BODY_NONE } from '../../http/framing.ts';
import type { RequestHead } from '../../http/request-head.ts';
import type { ResponseHead } from '../../http/response-head.ts';
import type { Inspection } from '../../waf/inspector.ts';
import type { Client } from '../client.ts';
import type { LimitPolicy } from '../limits/limit-policy.ts';
import { clientOf } from '../pipeline/forwarded-client.ts';
import { judgeBody, judgeHead } from '../pipeline/judge.ts';
import { requestIdOf } from '../pipeline/request-id.ts';
import { AnswerView } from '../pipeline/response-view.ts';
import { createOptionsReply, type Reply } from '../reply/reply.ts';
import type { SiteFault } from '../sites/site-table.ts';
import type { SitePolicy, Snapshot } from '../snapshot.ts';
import type { TrafficContext } from '../traffic-context.ts';
import type { FinishedExchange } from '../traffic-observer.ts';
import type { ClientStream } from './client-stream.ts';
import type { ConnectionFacts } from './connection-facts.ts';
import { ExchangeDeadline } from './exchange-deadline.ts';
import { type CallingExchange, OriginCall } from './origin-call.ts';
import { plainReply, refusalReply } from './own-answers.ts';
import { type IntakeOwner, RequestIntake } from './request-intake.ts';
import type { Refusal } from './response-gate.ts';

/** Octets of a body that are collected before the origin is asked, where no rules want to see more. */
const COLLECT_PLAIN = 65_536;

export class Exchange implements CallingExchange, IntakeOwner, FinishedExchange {
  readonly stream: ClientStream;
  readonly connection: ConnectionFacts;
  readonly snapshot: Snapshot;
  readonly head: RequestHead;
  client: Client;
  /** Where the request belongs; before its head is read, and where it belongs nowhere, no site. */
  site: SitePolicy;
  /** Why it belongs nowhere, or null. */
  siteFault: SiteFault | null = null;
  requestId = '';
  /** Monotonic time at which the head was complete. */
  startMs = 0;
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
  /** The limit that refused the request, or the first that only observed and would have; null where all had room. */
  limited: LimitPolicy | null = null;
  /** The body on its way in; null where there is none. */
  intake: RequestIntake | null = null;
  readonly deadline: ExchangeDeadline;
  readonly #context: TrafficContext;
  #call: OriginCall | null = null;
  /** A refusal that the client has to wait for. */
  #held: RefuseVerdict | null = null;
  #doubtful = false;
  #finished = false;

  constructor(stream: ClientStream, context: TrafficContext) {
    this.stream = stream;
    this.connection = stream.facts;
    this.client = stream.facts.client;
    this.#context = context;
    this.snapshot = context.snapshot;
    this.site = context.snapshot.sites.none;
    this.head = context.heads.take(this.snapshot.http.requestLimits.headerCountMax);
    this.deadline = new ExchangeDeadline(stream, context.clock, this);
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
    return this.#call?.tunnelBytesIn ?? this.intake?.received ?? 0;
  }

  get bytesOut(): number {
    return this.#call?.bytesOut ?? 0;
  }

  /** Whether nothing more of the request is to come. */
  get requestComplete(): boolean {
    return this.intake === null ? this.head.framing === BODY_NONE : this.intake.complete;
  }

  get finished(): boolean {
    return this.#finished;
  }

  /** The head is read. @param bodyBegun whether the beginning of the body has come with it */
  begin(bodyBegun = false): void {
    const { head, connection } = this;
    this.startMs = this.#context.clock.nowMs();
    this.requestId = requestIdOf(head, connection.trusted, this.#context.nextRequestId);
    const found = this.snapshot.sites.find(head.host, head.target);
    if (typeof found === 'string') this.siteFault = found;
    else this.site = found;
    this.deadline.begin();
    if (connection.trusted) this.client = clientOf(head, connection.client, this.snapshot);
    const verdict = judgeHead(this, this.#context);
    if (verdict.kind !== 'pass') this.refuseWith(verdict);
    else if (connection.role === 'redirect') this.#answer(plainReply(this, this.#context));
    else if (head.maxForwards === 0 && head.method === 'OPTIONS')
      this.#answer(createOptionsReply(this.requestId));
    else if (head.framing === BODY_NONE) this.#callOrigin();
    else this.#beginBody(bodyBegun);
  }

  /** A run of data of the body, free of framing; `advance` acts on it. */
  receive(data: Buffer): void {
    if (!this.#finished) this.intake?.take(data);
  }

  /** Goes on with what has been received; `done` where that was all of the body, with its trailers if any. */
  advance(done: boolean, trailers: FieldBlock | null = null): void {
    const intake = this.intake;
    if (intake === null || this.#finished) return;
    intake.complete = done;
    const { refusal } = intake;
    if (refusal !== null) {
      this.#doubtful = true;
      this.refuse(refusal);
      return;
    }
    intake.advance(trailers);
    if (this.#finished || done) return;
    if (this.#call?.waiting !== true && this.#call?.slow !== true) this.deadline.keepPace(intake.received);
  }

  /** The client will send no more. */
  onInputEnd(): void {
    if (!this.requestComplete) this.abort();
  }

  /** Answers with the node's own page for `reason`. */
  refuse(reason: Reason): void {
    this.refuseWith(refuseFor(reason));
  }

  /** Answers a malformed request; where it ends is in doubt, so the connection ends too. */
  refuseFault(fault: HttpFault): void {
    this.fault = fault;
    this.#doubtful = true;
    this.refuse(fault.reason);
  }

  /** The deadline on the connection has passed without the client being to blame for not reading. */
  onDeadline(): void {
    const held = this.#held;
    if (held !== null) {
      this.#releaseHeld();
      this.refuseWith({ ...held, delayMs: 0 });
    } else if (this.#call?.started === true) this.abort();
    else this.refuse(this.deadline.blame);
  }

  /** The client connection is gone, whatever the reason. */
  onClientGone(): void {
    this.#finish();
  }

  onClientDrain(): void {
    this.#call?.onClientDrain();
  }

  onTunnelInput(bytes: Buffer): void {
    this.#call?.onTunnelInput(bytes);
  }

  onTunnelInputEnd(): void {
    this.#call?.onTunnelInputEnd();
  }

  drainTunnel(): void {
    this.#call?.drainTunnel();
  }

  onAnswering(head: ResponseHead): void {
    this.status = head.status;
    this.#keepAnswer(head);
  }

  onAnswered(): void {
    const persist = this.requestComplete;
    this.#finish();
    this.stream.exchangeDone(persist);
  }

  onTunnelEnded(): void {
    if (this.#finished) return;
    this.#finish();
    this.stream.exchangeDone(false);
  }

  hold(delta: number): boolean {
    this.#context.bufferedBytes += delta;
    return this.#context.bufferedBytes <= this.snapshot.http.bufferedBytesMax;
  }

  onCollected(): void {
    const { intake } = this;
    if (intake === null) return;
    this.stream.pauseInput();
    const verdict = judgeBody(this, intake, this.#context);
    if (verdict.kind !== 'pass') this.refuseWith(verdict);
    else this.#callOrigin();
  }

  onSent(): void {
    this.deadline.waitForOrigin();
  }

  onOriginSlow(): void {
    this.#call?.onSlow();
  }

  /** Answers in the node's own name; where the client has got something else already, breaks that off. */
  refuseWith(verdict: Refusal): void {
    if (this.#finished || this.#held !== null) return;
    if (this.startMs === 0) this.#beginRefused();
    this.reason = verdict.reason;
    if (verdict.kind === 'refuse' && verdict.delayMs > 0 && this.#holdRefusal(verdict)) return;
    if (this.#call?.started === true || verdict.kind === 'drop') {
      this.abort();
      return;
    }
    this.#answer(refusalReply(this, verdict, this.#context.clock.wallMs()));
  }

  /** Nothing that the client has got so far is to be taken for a whole answer. */
  abort(): void {
    this.stream.abort();
    this.#finish();
  }

  /** Holds a refusal back, where there is room for one more; the deadline lets it go. */
  #holdRefusal(verdict: RefuseVerdict): boolean {
    if (this.#call?.started === true || !this.#context.tarpit.enter()) return false;
    this.#held = verdict;
    if (!this.requestComplete) this.stream.pauseInput();
    this.deadline.holdBack(verdict.delayMs);
    return true;
  }

  #releaseHeld(): void {
    if (this.#held === null) return;
    this.#held = null;
    this.#context.tarpit.leave();
  }

  #beginBody(begun: boolean): void {
    const { head, site } = this;
    const { bodyBytesMax } = site.http;
    if (head.framing === BODY_LENGTH && head.contentLength > bodyBytesMax) {
      this.refuse('body_too_large');
      return;
    }
    const conversation = isConversation(head);
    const inspected = Math.max(site.waf?.bodyBytesInspected ?? 0, COLLECT_PLAIN);
    const collectMax = conversation ? 0 : inspected;
    if (conversation) this.deadline.converse();
    this.intake = new RequestIntake(head, { bodyBytesMax, collectMax }, this);
    if (head.expectContinue && !begun) this.stream.sendContinue();
    this.deadline.waitForBody(0);
    if (conversation && !begun) this.advance(false);
  }

  #callOrigin(): void {
    const call = new OriginCall(this, this.#context);
    this.#call = call;
    call.start();
  }

  /** The audit log may tell about the origin's answer, whose head is not this exchange's for long. */
  #keepAnswer(head: ResponseHead): void {
    const { inspection, site } = this;
    const audit = site.waf?.audit ?? null;
    if (audit === null || inspection === null) return;
    const { matches, route } = inspection;
    if (audit.events === 'all' || matches.length > 0 || route.inspectsResponses)
      inspection.answer = new AnswerView(head).copy();
  }

  /** Answers in the node's own name. A body that nobody has read would be taken for the next request. */
  #answer(reply: Reply): void {
    this.status = reply.status;
    const persist = this.requestComplete && !this.#doubtful;
    this.stream.sendReply(reply, persist);
    this.#finish();
    this.stream.exchangeDone(persist);
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
    this.#releaseHeld();
    const call = this.#call;
    call?.end();
    this.intake?.end();
    this.inspection?.finish();
    const { clock } = this.#context;
    // The origin's time ends with the turn in which its last octets came; the rest is the node's own.
    const sentMs = call?.sentMs ?? 0;
    if (sentMs !== 0) this.originMs = Math.max(0, clock.nowMs() - sentMs);
    this.durationMs = this.startMs === 0 ? 0 : clock.readMs() - this.startMs;
    this.#context.observer.exchangeDone(this);
    this.#context.heads.give(this.head);
  }
}

const NO_RULES: readonly string[] = [];

/**
 * Whether client and origin talk in turns within one exchange, as gRPC does: waiting for the end of the body before the
 * origin hears of the request would wait for ever.
 */
function isConversation(head: RequestHead): boolean {
  const type = head.fields.get('content-type');
  return type?.startsWith('application/grpc') === true;
}

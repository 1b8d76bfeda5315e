/**
 * An origin's answer on its way to the client: past the rules that look at answers, where there are any, then relayed
 * as it comes.
 */
import type { ResponseHead } from '../../http/response-head.ts';
import type { AnswerHead } from '../../waf/inspector.ts';
import type { JudgedRequest } from '../pipeline/judged-request.ts';
import { AnswerView } from '../pipeline/response-view.ts';
import type { TrafficContext } from '../traffic-context.ts';
import type { ExchangeConnection } from './exchange-connection.ts';
import { type GateStep, type Refusal, ResponseGate } from './response-gate.ts';
import { ResponseRelay } from './response-relay.ts';

/** What came of the last octets: held back, sent, sent to a client that reads too slowly; or to be refused. */
export type PathStep = 'held' | 'flowing' | 'slow' | Refusal;

export class ResponsePath {
  readonly #connection: ExchangeConnection;
  readonly #clientMinorVersion: number;
  readonly #head: ResponseHead;
  readonly #gate: ResponseGate | null;
  #passed = false;
  #close: boolean;
  #relay: ResponseRelay | null = null;

  /** @param close whether the client connection ends behind this answer */
  constructor(
    request: JudgedRequest,
    connection: ExchangeConnection,
    head: ResponseHead,
    close: boolean,
    context: TrafficContext,
  ) {
    const { inspection, snapshot } = request;
    this.#connection = connection;
    this.#head = head;
    this.#clientMinorVersion = request.head.minorVersion;
    this.#close = close;
    this.#gate =
      inspection?.route.inspectsResponses === true
        ? new ResponseGate(inspection, head, context, snapshot.http.bufferedBytesMax)
        : null;
  }

  /** Whether anything of the answer has been sent. */
  get started(): boolean {
    return this.#relay !== null;
  }

  /** Octets of the body sent so far. */
  get bytes(): number {
    return this.#relay?.bytes ?? 0;
  }

  /** Whether the client connection ends behind this answer. */
  get close(): boolean {
    return this.#relay?.close ?? this.#close;
  }

  /** The head with the first data, `bytes[start, end)`; `done` where the body ends with it. */
  open(head: ResponseHead, bytes: Buffer, start: number, end: number, done: boolean): PathStep {
    if (this.#gate === null) return this.#start(head, bytes, start, end, done);
    return this.#pass(this.#gate.open(bytes, start, end, done), done);
  }

  /** More data; empty with `done` where only the end was left to say. */
  add(bytes: Buffer, start: number, end: number, done: boolean): PathStep {
    if (this.#relay !== null) return this.#relay.send(bytes, start, end, done) ? 'flowing' : 'slow';
    if (this.#gate === null || this.#passed) return 'flowing';
    return this.#pass(this.#gate.add(bytes, start, end, done), done);
  }

  /** What the origin said, for longer than its connection keeps it. */
  copyHead(): AnswerHead {
    const { fields } = this.#head;
    const { status, reasonPhrase, protocol } = new AnswerView(this.#head);
    const copies = Array.from({ length: fields.count }, (_, index) => ({
      name: fields.name(index),
      value: fields.value(index),
    }));
    return { status, reasonPhrase, protocol, fields: copies };
  }

  /** The exchange is over: nothing is held any more. */
  end(): void {
    this.#gate?.end();
  }

  #pass(step: GateStep, done: boolean): PathStep {
    if (step.kind === 'hold') return 'held';
    if (step.kind === 'withhold') return step.verdict;
    this.#passed = true;
    return this.#start(step.head, step.bytes, step.start, step.end, done);
  }

  #start(head: ResponseHead, bytes: Buffer, start: number, end: number, done: boolean): PathStep {
    const relay = new ResponseRelay(this.#connection, head, this.#clientMinorVersion, this.#close);
    this.#relay = relay;
    return relay.start(head, bytes, start, end, done) ? 'flowing' : 'slow';
  }
}

/**
 * An origin's answer on its way to the client: past the rules that look at answers, where there are any, then relayed
 * as it comes.
 */
import type { FieldBlock } from '../../http/field-block.ts';
import type { HeaderEdits } from '../../http/header-edits.ts';
import type { ResponseHead } from '../../http/response-head.ts';
import type { JudgedRequest } from '../pipeline/judged-request.ts';
import type { TrafficContext } from '../traffic-context.ts';
import type { ClientStream } from './client-stream.ts';
import { type GateStep, type Refusal, ResponseGate } from './response-gate.ts';

/** What came of the last octets: held back, sent, sent to a client that reads too slowly; or to be refused. */
export type PathStep = 'held' | 'flowing' | 'slow' | Refusal;

export class ResponsePath {
  /** Whether anything of the answer has been sent. */
  started = false;
  /** Octets of the body sent so far. */
  bytes = 0;
  readonly #stream: ClientStream;
  readonly #gate: ResponseGate | null;
  readonly #persist: boolean;
  readonly #edits: HeaderEdits | null;

  /** @param persist as for `ClientStream.sendHead` */
  constructor(
    request: JudgedRequest,
    stream: ClientStream,
    head: ResponseHead,
    persist: boolean,
    context: TrafficContext,
  ) {
    const { inspection, site } = request;
    this.#stream = stream;
    this.#persist = persist;
    this.#edits = site.responseEdits;
    this.#gate =
      inspection?.route.inspectsResponses === true
        ? new ResponseGate(inspection, head, context, site.http.bufferedBytesMax)
        : null;
  }

  /** The head with the first data, `bytes[start, end)`; `done` where the body ends with it. */
  open(head: ResponseHead, bytes: Buffer, start: number, end: number, done: boolean): PathStep {
    if (this.#gate === null) return this.#start(head, bytes, start, end, done);
    return this.#pass(this.#gate.open(bytes, start, end, done), done);
  }

  /** More data; empty with `done` where only the end was left to say. */
  add(bytes: Buffer, start: number, end: number, done: boolean): PathStep {
    if (this.started) {
      this.bytes += end - start;
      return this.#stream.sendData(bytes, start, end, done) ? 'flowing' : 'slow';
    }
    return this.#gate === null ? 'flowing' : this.#pass(this.#gate.add(bytes, start, end, done), done);
  }

  /** The answer ends with trailers. */
  addTrailers(trailers: FieldBlock): PathStep {
    if (!this.started && this.#gate !== null) {
      const step = this.#pass(this.#gate.add(NO_BYTES, 0, 0, true), false);
      if (!this.started) return step;
    }
    return this.#stream.sendTrailers(trailers) ? 'flowing' : 'slow';
  }

  /** The exchange is over: nothing is held any more. */
  end(): void {
    this.#gate?.end();
  }

  #pass(step: GateStep, done: boolean): PathStep {
    if (step.kind === 'hold') return 'held';
    if (step.kind === 'withhold') return step.verdict;
    return this.#start(step.head, step.bytes, step.start, step.end, done);
  }

  #start(head: ResponseHead, bytes: Buffer, start: number, end: number, done: boolean): PathStep {
    this.started = true;
    this.bytes = end - start;
    head.edits = this.#edits;
    return this.#stream.sendHead(head, bytes, start, end, done, this.#persist) ? 'flowing' : 'slow';
  }
}

const NO_BYTES: Buffer = Buffer.alloc(0);

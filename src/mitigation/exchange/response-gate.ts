/**
 * Stands between an origin's answer and the client where rules look at answers: the head is judged as it comes, the
 * body is held back as far as they want to see it, and only then does anything leave.
 *
 * What is held is bounded by what the rules ask for and counted with all other bodies in memory.
 */
import { refuseFor, type Verdict } from '../../core/verdict.ts';
import type { ResponseHead } from '../../http/response-head.ts';
import type { Inspection } from '../../waf/inspector.ts';
import { ByteCarry } from '../http1/byte-carry.ts';
import { judgeResponseBody, judgeResponseHead } from '../pipeline/judge.ts';
import type { TrafficContext } from '../traffic-context.ts';

export type Refusal = Exclude<Verdict, { readonly kind: 'pass' }>;

/** What is to be done with the answer now. */
export type GateStep =
  /** Nothing yet: more of the body is to come. */
  | { readonly kind: 'hold' }
  /** Relay the head and `bytes[start, end)`, and from now on everything else. */
  | {
      readonly kind: 'release';
      readonly head: ResponseHead;
      readonly bytes: Buffer;
      readonly start: number;
      readonly end: number;
    }
  /** Answer with this instead. */
  | { readonly kind: 'withhold'; readonly verdict: Refusal };

const HOLD: GateStep = { kind: 'hold' };

export class ResponseGate {
  readonly #inspection: Inspection;
  readonly #head: ResponseHead;
  readonly #context: TrafficContext;
  readonly #bufferedBytesMax: number;
  readonly #held: ByteCarry = new ByteCarry();
  #counted = 0;

  /** @param bufferedBytesMax octets of all bodies that this worker may hold */
  constructor(inspection: Inspection, head: ResponseHead, context: TrafficContext, bufferedBytesMax: number) {
    this.#bufferedBytesMax = bufferedBytesMax;
    this.#inspection = inspection;
    this.#head = head;
    this.#context = context;
  }

  /** The head with the first data, `bytes[start, end)`; `done` where the body ends with it. */
  open(bytes: Buffer, start: number, end: number, done: boolean): GateStep {
    const verdict = judgeResponseHead(this.#inspection, this.#head, this.#context);
    if (verdict.kind !== 'pass') return { kind: 'withhold', verdict };
    const wanted = this.#inspection.responseBytesWanted;
    if (wanted === 0 || (done && start === end)) return this.#conclude(null, bytes, start, end);
    if (done || end - start >= wanted) return this.#conclude(bytes.subarray(start, end), bytes, start, end);
    return this.add(bytes, start, end, false);
  }

  /** More data of the body. */
  add(bytes: Buffer, start: number, end: number, done: boolean): GateStep {
    this.#held.append(bytes.subarray(start, end));
    this.#counted += end - start;
    this.#context.bufferedBytes += end - start;
    if (this.#context.bufferedBytes > this.#bufferedBytesMax) {
      return this.#withhold(refuseFor('overloaded'));
    }
    if (!done && this.#held.length < this.#inspection.responseBytesWanted) return HOLD;
    const whole = this.#held.view();
    return this.#conclude(whole, whole, 0, whole.length);
  }

  /** Nothing is held any more. */
  end(): void {
    this.#context.bufferedBytes -= this.#counted;
    this.#counted = 0;
  }

  #conclude(body: Buffer | null, bytes: Buffer, start: number, end: number): GateStep {
    this.end();
    const verdict = judgeResponseBody(this.#inspection, this.#head, body, this.#context);
    if (verdict.kind !== 'pass') return this.#withhold(verdict);
    return { kind: 'release', head: this.#head, bytes, start, end };
  }

  #withhold(verdict: Refusal): GateStep {
    this.end();
    return { kind: 'withhold', verdict };
  }
}

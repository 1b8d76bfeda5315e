/**
 * Several orchestrators of one fleet as one: the node stays with the one that answers, and goes to another when it does not.
 *
 * All of them know every node and have the same ledger, so it does not matter which one answers. The next is drawn at
 * random from the others, lest all nodes of one that failed fall on the same. A call that failed early is made once more at
 * the next one; calls may be made twice, which all of them stand.
 */

import type { Random } from '../../core/back-off.ts';
import type { Clock } from '../../core/clock.ts';
import { fail, type Result } from '../../core/result.ts';
import type { Answer, Call, LineCall, OrchestratorTransport } from './orchestrator-transport.ts';

/** Answers of an orchestrator that cannot work now, although it is there. */
const OUT_OF_WORK: ReadonlySet<number> = new Set([502, 503, 504]);
/** With less time left a call is not made again. */
const WORTHWHILE_MS = 200;

export class FailoverTransport<Transport extends OrchestratorTransport> implements OrchestratorTransport {
  readonly #transports: readonly Transport[];
  readonly #clock: Clock;
  readonly #random: Random;
  #current = 0;

  /** @param transports at least one; the first is tried first */
  constructor(transports: readonly Transport[], { clock, random }: { clock: Clock; random: Random }) {
    this.#transports = transports;
    this.#clock = clock;
    this.#random = random;
  }

  /** To do something with each of them. */
  get all(): readonly Transport[] {
    return this.#transports;
  }

  async call(call: Call): Promise<Result<Answer, string>> {
    const deadlineMs = this.#clock.nowMs() + call.timeoutMs;
    let result: Result<Answer, string> = fail('there is no orchestrator');
    for (let attempt = 0; attempt < this.#transports.length; attempt += 1) {
      const timeoutMs = Math.max(1, deadlineMs - this.#clock.nowMs());
      const asked = this.#current;
      result = await this.#transports[asked]!.call({ ...call, timeoutMs });
      if (result.ok && !OUT_OF_WORK.has(result.value.status)) return result;
      if (call.signal.aborted) return result;
      this.#leave(asked);
      if (deadlineMs - this.#clock.nowMs() < WORTHWHILE_MS) return result;
    }
    return result;
  }

  async readLines(call: LineCall): Promise<string> {
    let opened = false;
    const asked = this.#current;
    const onOpen = (): void => {
      opened = true;
      call.onOpen();
    };
    const fault = await this.#transports[asked]!.readLines({ ...call, onOpen });
    // One that ended after it stood is opened again where it was: whether that works tells the rest.
    if (!opened && !call.signal.aborted) this.#leave(asked);
    return fault;
  }

  close(): void {
    for (const transport of this.#transports) transport.close();
  }

  /** Unless another call has gone to another one meanwhile. */
  #leave(failed: number): void {
    if (failed !== this.#current || this.#transports.length === 1) return;
    const others = this.#transports.length - 1;
    this.#current = (failed + 1 + Math.floor(this.#random() * others)) % this.#transports.length;
  }
}

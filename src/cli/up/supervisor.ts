/**
 * Keeps the parts of `secbeat up` running: starts them in order, starts again what dies, stops them in reverse.
 *
 *   waiting ── ready ──> running ── dies ──> pause ──> waiting …      asked to end with code 0 ──> ended
 *
 * A part that fails before it was ready once, or dies too often, ends the whole. One that ends with code 0 was
 * told to, for instance by the orchestrator, and stays down. All waits are bounded.
 */
import type { Clock } from '../../core/clock.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { isNode, type Part } from './part.ts';
import { describeExit, type ExitStatus, type PartProcess } from './part-process.ts';
import { waitUntilReady } from './readiness.ts';
import { RestartBudget, type RestartPolicy } from './restart-policy.ts';

export interface SupervisorOptions {
  /** Parts in the order of their start. */
  readonly parts: readonly Part[];
  readonly launch: (part: Part) => PartProcess;
  /** Takes one line about what happens. */
  readonly say: (line: string) => void;
  readonly clock: Clock;
  readonly policy: RestartPolicy;
  /** Milliseconds in which a part has to become ready. */
  readonly readyTimeoutMs: number;
}

/** Why the supervisor is done: it was stopped, every part ended as asked, or one could not be kept running. */
export type EndReason = 'stopped' | 'all-ended' | 'gave-up';

interface PartState {
  readonly part: Part;
  readonly budget: RestartBudget;
  process: PartProcess | null;
  restart: NodeJS.Timeout | null;
}

export class Supervisor {
  /** Settles once there is nothing left to supervise. */
  readonly ended: Promise<EndReason>;
  readonly #options: SupervisorOptions;
  readonly #states: readonly PartState[];
  readonly #end: (reason: EndReason) => void;
  readonly #stopping = new AbortController();

  constructor(options: SupervisorOptions) {
    const { promise, resolve } = Promise.withResolvers<EndReason>();
    this.ended = promise;
    this.#end = resolve;
    this.#options = options;
    this.#states = options.parts.map((part) => ({
      part,
      budget: new RestartBudget(options.policy),
      process: null,
      restart: null,
    }));
  }

  /** Whether the end was asked for. */
  get stopping(): boolean {
    return this.#stopping.signal.aborted;
  }

  /** Starts one part after the other, each once the one before is ready. A fault leaves the stopping to the caller. */
  async start(): Promise<Result<null, string>> {
    for (const state of this.#states) {
      const fault = await this.#startFirst(state);
      if (fault !== null) return fail(fault);
    }
    return ok(null);
  }

  /** Stops the parts in reverse order, each within its own bound. Further calls change nothing. */
  async stop(): Promise<void> {
    if (this.stopping) return;
    this.#stopping.abort();
    for (const state of this.#states.toReversed()) {
      if (state.restart !== null) clearTimeout(state.restart);
      const status = await state.process?.stop(state.part.stopTimeoutMs);
      if (status !== undefined) this.#options.say(`${state.part.name} stopped`);
    }
    this.#end('stopped');
  }

  /** Ends everything at once, without waiting for requests in progress. */
  kill(): void {
    for (const { process } of this.#states) process?.kill();
  }

  /** Passes a signal to all nodes that run. */
  signalNodes(signal: NodeJS.Signals): void {
    for (const { part, process } of this.#states) if (isNode(part.name)) process?.signal(signal);
  }

  async #startFirst(state: PartState): Promise<string | null> {
    const { part } = state;
    if (this.stopping) return 'stopped';
    const process = this.#options.launch(part);
    state.process = process;
    const exited = new AbortController();
    const died = process.exited.then((status) => {
      state.process = null;
      exited.abort();
      return status;
    });
    const limit = AbortSignal.timeout(this.#options.readyTimeoutMs);
    const signal = AbortSignal.any([exited.signal, limit, this.#stopping.signal]);
    if (await waitUntilReady(part.ready, signal)) {
      this.#watch(state, died);
      return null;
    }
    if (this.stopping) return 'stopped';
    if (exited.signal.aborted) return `${part.name} ended at its start ${describeExit(await died)}`;
    return `${part.name} was not ready after ${this.#options.readyTimeoutMs / 1000} seconds`;
  }

  #watch(state: PartState, died: Promise<ExitStatus>): void {
    void died.then((status) => {
      state.process = null;
      if (!this.stopping) this.#onDeath(state, status);
    });
  }

  #onDeath(state: PartState, status: ExitStatus): void {
    const { name } = state.part;
    if (status.code === 0) {
      this.#options.say(`${name} ended as asked`);
      if (this.#states.every(({ process, restart }) => process === null && restart === null))
        this.#end('all-ended');
      return;
    }
    const delayMs = state.budget.nextDelayMs(this.#options.clock.nowMs());
    if (delayMs === null) {
      this.#options.say(`${name} ended ${describeExit(status)} once too often; giving up`);
      this.#end('gave-up');
      return;
    }
    this.#options.say(`${name} ended ${describeExit(status)}; starting it again in ${delayMs / 1000} s`);
    state.restart = setTimeout(() => {
      state.restart = null;
      state.process = this.#options.launch(state.part);
      this.#watch(state, state.process.exited);
    }, delayMs);
  }
}

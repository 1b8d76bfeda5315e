/**
 * The worker threads of a node: started, told of policy, replaced when one dies, drained together.
 *
 * A dead worker takes its connections along. What it had counted for them is in its ledger, from which the
 * crew gives everything back before a replacement starts. A worker that keeps dying is restarted ever more
 * slowly, so that a crash loop does not eat the machine.
 */
import { Worker } from 'node:worker_threads';
import type { Logger } from '../core/logger.ts';
import type { FromWorker, ToWorker, WorkerStart } from './worker-messages.ts';

export interface WorkerCrewOptions {
  /** What worker `index` starts with now; asked again for each replacement, which then has the newest policy. */
  readonly startOf: (index: number) => WorkerStart;
  readonly workers: number;
  readonly logger: Logger;
  readonly nowMs: () => number;
  readonly onMessage: (message: FromWorker, index: number) => void;
  /** A worker has ended while it should not: give back what it held. */
  readonly onLost: (index: number) => void;
}

const RESTART_FIRST_MS = 10;
const RESTART_MAX_MS = 10_000;
/** A worker that lived this long had a fair start: its next restart is quick again. */
const SETTLED_MS = 60_000;

interface Member {
  worker: Worker | null;
  alive: boolean;
  startedMs: number;
  restartMs: number;
}

export class WorkerCrew {
  readonly #options: WorkerCrewOptions;
  readonly #members: Member[] = [];
  #stopping = false;
  #restarts = 0;
  #drained: ((cut: number) => void) | null = null;
  #drainCut = 0;

  constructor(options: WorkerCrewOptions) {
    this.#options = options;
  }

  get alive(): number {
    return this.#members.filter((member) => member.alive).length;
  }

  get restarts(): number {
    return this.#restarts;
  }

  /** Starts one worker after the other; resolves once all listen, rejects when one cannot. */
  async start(): Promise<void> {
    for (let index = 0; index < this.#options.workers; index++) {
      this.#members.push({ worker: null, alive: false, startedMs: 0, restartMs: RESTART_FIRST_MS });
      await this.#launch(index);
    }
  }

  tell(message: ToWorker): void {
    for (const member of this.#members) member.worker?.postMessage(message);
  }

  /** Drains all workers; resolves with the number of connections that had to be cut. */
  drain(graceMs: number): Promise<number> {
    this.#stopping = true;
    return new Promise((resolve) => {
      this.#drained = resolve;
      this.tell({ kind: 'drain', graceMs });
      this.#checkDrained();
    });
  }

  #launch(index: number): Promise<void> {
    const { startOf, nowMs, onMessage } = this.#options;
    const member = this.#members[index]!;
    const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: startOf(index) });
    member.worker = worker;
    member.startedMs = nowMs();
    return new Promise((resolve, reject) => {
      worker.on('message', (message: FromWorker) => {
        if (message.kind === 'listening') {
          member.alive = true;
          onMessage(message, index);
          resolve();
        } else if (message.kind === 'failed') {
          reject(new Error(message.message));
        } else if (message.kind === 'drained') {
          this.#drainCut += message.cut;
          void worker.terminate();
        } else {
          onMessage(message, index);
        }
      });
      worker.on('error', (error: Error) => {
        this.#options.logger.error('Worker failed', {
          worker: index,
          error: error.message,
          stack: error.stack ?? '',
        });
        reject(error);
      });
      worker.on('exit', () => this.#ended(index, worker));
    });
  }

  #ended(index: number, worker: Worker): void {
    const member = this.#members[index]!;
    if (member.worker !== worker) return;
    const wasAlive = member.alive;
    member.worker = null;
    member.alive = false;
    this.#options.onLost(index);
    if (this.#stopping) this.#checkDrained();
    else if (wasAlive) this.#restart(index);
  }

  #restart(index: number): void {
    const { logger, nowMs } = this.#options;
    const member = this.#members[index]!;
    if (nowMs() - member.startedMs > SETTLED_MS) member.restartMs = RESTART_FIRST_MS;
    this.#restarts++;
    logger.error('Worker ended, starting another', { worker: index, delay_ms: member.restartMs });
    const timer = setTimeout(() => {
      if (this.#stopping) return;
      this.#launch(index).catch(() => {
        if (this.#stopping || member.alive) return;
        void member.worker?.terminate();
        member.worker = null;
        this.#restart(index);
      });
    }, member.restartMs);
    timer.unref();
    member.restartMs = Math.min(member.restartMs * 4, RESTART_MAX_MS);
  }

  #checkDrained(): void {
    if (this.#members.some((member) => member.worker !== null)) return;
    this.#drained?.(this.#drainCut);
    this.#drained = null;
  }
}

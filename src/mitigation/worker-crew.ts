/**
 * The worker threads of a node: started, told of policy, replaced when one dies, drained together.
 *
 * A dead worker takes its connections along. What it had counted for them is in its ledger, from which the
 * crew gives everything back before a replacement starts. A worker that keeps dying is restarted ever more
 * slowly, so that a crash loop does not eat the machine.
 */
import { Worker } from 'node:worker_threads';
import type { Logger } from '../core/logger.ts';
import type { DoorMessage, FromWorker, ToWorker, WorkerStart } from './worker-messages.ts';

export interface WorkerCrewOptions {
  /** What worker `index` starts with now; asked again for each replacement, which then has the newest policy. */
  readonly startOf: (index: number) => WorkerStart;
  readonly workers: number;
  readonly logger: Logger;
  readonly nowMs: () => number;
  readonly onMessage: (message: FromWorker, index: number) => void;
  /** A worker has ended, whether it should or not: give back what it held. */
  readonly onLost: (index: number) => void;
  /** The module that workers run; another one in tests. */
  readonly entry?: URL;
}

const RESTART_FIRST_MS = 10;
const RESTART_MAX_MS = 10_000;
/** A worker that lived this long had a fair start: its next restart is quick again. */
const SETTLED_MS = 60_000;
/** A worker that has not ended so long after the grace period is stuck. */
const DRAIN_SLACK_MS = 2000;
/** A worker that has not opened or closed its door by then is stuck. */
const DOOR_MS = 10_000;
const ENTRY = new URL('./worker.ts', import.meta.url);

interface Member {
  worker: Worker | null;
  alive: boolean;
  startedMs: number;
  restartMs: number;
  /** Those who wait for a word on the door, in the order in which they asked. */
  readonly askers: ((fault: string | null) => void)[];
}

export class WorkerCrew {
  readonly #options: WorkerCrewOptions;
  readonly #members: Member[] = [];
  #stopping = false;
  #restarts = 0;
  /** Told once no worker is left. */
  #onEnded: (() => void) | null = null;
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

  /** Starts one worker after the other; resolves once all listen. Rejects when one cannot, and then none is left. */
  async start(): Promise<void> {
    try {
      for (let index = 0; index < this.#options.workers; index++) {
        const never = { worker: null, alive: false, startedMs: 0, askers: [] };
        this.#members.push({ ...never, restartMs: RESTART_FIRST_MS });
        await this.#launch(index);
      }
    } catch (error) {
      this.#stopping = true;
      await this.#terminateAll();
      throw error;
    }
  }

  tell(message: ToWorker): void {
    for (const member of this.#members) member.worker?.postMessage(message);
  }

  /**
   * Has all workers open or close their doors; resolves with what went wrong, one sentence for each worker. A worker that
   * ends meanwhile has no say: its replacement starts as it should be.
   */
  async ask(message: DoorMessage): Promise<readonly string[]> {
    const running = this.#members.filter(({ worker }) => worker !== null);
    const answers = await Promise.all(running.map((member) => askMember(member, message)));
    return answers.filter((fault) => fault !== null);
  }

  /**
   * Drains all workers; resolves with the number of connections that had to be cut. A worker that does not answer is
   * ended, and nobody knows how many connections it had.
   */
  async drain(graceMs: number): Promise<number> {
    this.#stopping = true;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#onEnded = resolve;
    this.tell({ kind: 'drain', graceMs });
    this.#checkEnded();
    const timer = setTimeout(() => void this.#terminateAll(), graceMs + DRAIN_SLACK_MS);
    await promise;
    clearTimeout(timer);
    return this.#drainCut;
  }

  async #terminateAll(): Promise<void> {
    await Promise.all(this.#members.map(({ worker }) => worker?.terminate()));
  }

  #launch(index: number): Promise<void> {
    const { startOf, nowMs, onMessage, entry = ENTRY } = this.#options;
    const member = this.#members[index]!;
    const worker = new Worker(entry, { workerData: startOf(index) });
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
        } else if (message.kind === 'door') {
          member.askers.shift()?.(message.fault);
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
      worker.on('exit', () => {
        reject(new Error('The worker ended before it could listen'));
        if (member.worker === worker) this.#ended(index);
      });
    });
  }

  #ended(index: number): void {
    const member = this.#members[index]!;
    const { alive } = member;
    member.worker = null;
    member.alive = false;
    for (const asker of member.askers.splice(0)) asker(null);
    this.#options.onLost(index);
    if (this.#stopping) this.#checkEnded();
    else if (alive) this.#restart(index);
  }

  #restart(index: number): void {
    const { logger, nowMs } = this.#options;
    const member = this.#members[index]!;
    if (nowMs() - member.startedMs > SETTLED_MS) member.restartMs = RESTART_FIRST_MS;
    this.#restarts++;
    logger.error('Worker ended, starting another', { worker: index, delay_ms: member.restartMs });
    const timer = setTimeout(() => {
      if (!this.#stopping) this.#launch(index).catch(() => this.#giveUp(index));
    }, member.restartMs);
    timer.unref();
    member.restartMs = Math.min(member.restartMs * 4, RESTART_MAX_MS);
  }

  /** A replacement could not start: once it is gone, the next one has its turn. */
  async #giveUp(index: number): Promise<void> {
    await this.#members[index]!.worker?.terminate();
    if (!this.#stopping) this.#restart(index);
  }

  #checkEnded(): void {
    if (this.#members.every((member) => member.worker === null)) this.#onEnded?.();
  }
}

function askMember({ worker, askers }: Member, message: ToWorker): Promise<string | null> {
  const { promise, resolve } = Promise.withResolvers<string | null>();
  const timer = setTimeout(() => resolve('A worker does not answer'), DOOR_MS);
  askers.push((fault) => {
    clearTimeout(timer);
    resolve(fault);
  });
  worker?.postMessage(message);
  return promise;
}

/**
 * The thread that loads and compiles lists, as the main thread sees it: jobs in, outcomes out, one at a time.
 *
 * The thread lives as long as there are jobs and is ended with the last one, which gives back all memory that reading
 * took. One that does not answer in time is ended too; its job has failed.
 */
import { Worker } from 'node:worker_threads';
import type { LoadJob, LoadOutcome } from './load-job.ts';

interface Waiting {
  readonly job: LoadJob;
  readonly patienceMs: number;
  readonly resolve: (outcome: LoadOutcome) => void;
}

export class LoaderThread {
  /** One for each list and table at most, since nobody asks for one again while it waits. */
  readonly #waiting: Waiting[] = [];
  #running: Waiting | null = null;
  #worker: Worker | null = null;
  #timer: NodeJS.Timeout | null = null;
  #closed = false;

  /** Runs a job behind those that wait already. Never rejects; it fails after `patienceMs` from its beginning. */
  run(job: LoadJob, patienceMs: number): Promise<LoadOutcome> {
    const { promise, resolve } = Promise.withResolvers<LoadOutcome>();
    if (this.#closed) resolve({ kind: 'failed', message: 'the node is ending' });
    else this.#waiting.push({ job, patienceMs, resolve });
    if (this.#running === null) this.#next();
    return promise;
  }

  /** Ends the thread; jobs under way fail. */
  close(): void {
    this.#closed = true;
    for (const waiting of this.#waiting.splice(0))
      waiting.resolve({ kind: 'failed', message: 'the node is ending' });
    this.#fail('the node is ending');
  }

  #next(): void {
    const next = this.#waiting.shift() ?? null;
    this.#running = next;
    if (next === null) {
      this.#end();
      return;
    }
    const seconds = next.patienceMs / 1000;
    this.#timer = setTimeout(() => this.#fail(`loading took more than ${seconds} seconds`), next.patienceMs);
    this.#worker ??= this.#start();
    this.#worker.postMessage(next.job);
  }

  #start(): Worker {
    const worker = new Worker(new URL('./loader-worker.ts', import.meta.url));
    worker.on('message', (outcome: LoadOutcome) => {
      if (worker === this.#worker) this.#settle(outcome);
    });
    worker.on('error', (error: Error) => {
      if (worker === this.#worker) this.#fail(`the loader ended: ${error.message}`);
    });
    worker.on('exit', () => {
      if (worker === this.#worker) this.#fail('the loader ended');
    });
    return worker;
  }

  #fail(message: string): void {
    this.#end();
    this.#settle({ kind: 'failed', message });
  }

  #settle(outcome: LoadOutcome): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const running = this.#running;
    if (running === null) return;
    this.#running = null;
    running.resolve(outcome);
    this.#next();
  }

  #end(): void {
    const worker = this.#worker;
    this.#worker = null;
    void worker?.terminate();
  }
}

/**
 * Long polls that wait for news about one thing: what is wanted of a node, or the outcome of a command.
 *
 * Bounds: `waitersMax` polls in all; of one thing the newest `WAITERS_PER_ID_MAX`, so that connections which died
 * unnoticed do not add up. Each ends by itself after its own wait.
 */
import type { Timers } from '../core/timers.ts';

/** Why a wait ended: there may be news, the time is over, or there was no room to wait. */
export type WaitOutcome = 'news' | 'timeout' | 'refused';

const WAITERS_PER_ID_MAX = 2;

interface Waiter {
  readonly end: (outcome: WaitOutcome) => void;
}

export class Waiters {
  readonly #waitersMax: number;
  readonly #timers: Timers;
  /** By id of the thing; the oldest waiter for it in front. */
  readonly #waiters = new Map<string, Set<Waiter>>();
  #count = 0;
  #closed = false;

  constructor(waitersMax: number, timers: Timers) {
    this.#waitersMax = waitersMax;
    this.#timers = timers;
  }

  get size(): number {
    return this.#count;
  }

  /** Waits for news about one thing, at most `waitMs`, or until `signal` says that nobody listens any more. */
  wait(id: string, waitMs: number, signal: AbortSignal): Promise<WaitOutcome> {
    if (this.#closed || signal.aborted) return Promise.resolve('timeout');
    const waiting = this.#waiters.get(id);
    if (waiting !== undefined && waiting.size >= WAITERS_PER_ID_MAX) {
      for (const oldest of waiting) {
        oldest.end('timeout');
        break;
      }
    }
    if (this.#count >= this.#waitersMax) return Promise.resolve('refused');
    const { promise, resolve } = Promise.withResolvers<WaitOutcome>();
    const end = (outcome: WaitOutcome): void => {
      cancel();
      signal.removeEventListener('abort', leave);
      this.#remove(id, waiter);
      resolve(outcome);
    };
    const leave = (): void => end('timeout');
    const cancel = this.#timers.after(waitMs, leave);
    signal.addEventListener('abort', leave, { once: true });
    const waiter: Waiter = { end };
    this.#add(id, waiter);
    return promise;
  }

  /** Whether somebody waits for news about it. */
  waits(id: string): boolean {
    return this.#waiters.has(id);
  }

  /** Ends the waits for one thing: there may be news. */
  wake(id: string): void {
    for (const waiter of [...(this.#waiters.get(id) ?? [])]) waiter.end('news');
  }

  /** Ends all waits and lets nobody wait from now on. */
  close(): void {
    this.#closed = true;
    for (const id of [...this.#waiters.keys()]) this.wake(id);
  }

  #add(id: string, waiter: Waiter): void {
    const waiting = this.#waiters.get(id) ?? new Set();
    waiting.add(waiter);
    this.#waiters.set(id, waiting);
    this.#count += 1;
  }

  #remove(id: string, waiter: Waiter): void {
    const waiting = this.#waiters.get(id);
    if (waiting?.delete(waiter) !== true) return;
    this.#count -= 1;
    if (waiting.size === 0) this.#waiters.delete(id);
  }
}

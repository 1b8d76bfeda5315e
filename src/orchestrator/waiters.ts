/**
 * Long polls that wait until something is wanted of their node.
 *
 * Bounds: `waitersMax` polls in all; of one node the newest `WAITERS_PER_NODE_MAX`, so that connections which died
 * unnoticed do not add up. Each ends by itself after its own wait.
 */

import type { Timers } from '../core/timers.ts';

/** Why a wait ended: there may be news, the time is over, or there was no room to wait. */
export type WaitOutcome = 'news' | 'timeout' | 'refused';

const WAITERS_PER_NODE_MAX = 2;

interface Waiter {
  readonly end: (outcome: WaitOutcome) => void;
}

export class Waiters {
  readonly #waitersMax: number;
  readonly #timers: Timers;
  /** By node id; the oldest waiter of a node in front. */
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

  /** Waits for news about a node, at most `waitMs`, or until `signal` says that nobody listens any more. */
  wait(nodeId: string, waitMs: number, signal: AbortSignal): Promise<WaitOutcome> {
    if (this.#closed || signal.aborted) return Promise.resolve('timeout');
    const waiting = this.#waiters.get(nodeId);
    if (waiting !== undefined && waiting.size >= WAITERS_PER_NODE_MAX) {
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
      this.#remove(nodeId, waiter);
      resolve(outcome);
    };
    const leave = (): void => end('timeout');
    const cancel = this.#timers.after(waitMs, leave);
    signal.addEventListener('abort', leave, { once: true });
    const waiter: Waiter = { end };
    this.#add(nodeId, waiter);
    return promise;
  }

  /** Whether somebody waits for news about this node. */
  waits(nodeId: string): boolean {
    return this.#waiters.has(nodeId);
  }

  /** Ends the waits for one node: there may be news. */
  wake(nodeId: string): void {
    for (const waiter of [...(this.#waiters.get(nodeId) ?? [])]) waiter.end('news');
  }

  /** Ends all waits and lets nobody wait from now on. */
  close(): void {
    this.#closed = true;
    for (const nodeId of [...this.#waiters.keys()]) this.wake(nodeId);
  }

  #add(nodeId: string, waiter: Waiter): void {
    const waiting = this.#waiters.get(nodeId) ?? new Set();
    waiting.add(waiter);
    this.#waiters.set(nodeId, waiting);
    this.#count += 1;
  }

  #remove(nodeId: string, waiter: Waiter): void {
    const waiting = this.#waiters.get(nodeId);
    if (waiting?.delete(waiter) !== true) return;
    this.#count -= 1;
    if (waiting.size === 0) this.#waiters.delete(nodeId);
  }
}

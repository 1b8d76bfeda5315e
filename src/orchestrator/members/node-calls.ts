/** When each node has last called any route of its own: a sign of life beside its heartbeats, for whoever asks. */
import type { Clock } from '../../core/clock.ts';
import { pause, type Timers } from '../../core/timers.ts';

/** Beyond that the node that has called longest ago gives way. */
const NODES_MAX = 20_000;

export class NodeCalls {
  readonly #clock: Clock;
  readonly #timers: Timers;
  /** The latest call last. */
  readonly #calledAtMs = new Map<string, number>();
  /** Those who wait for a call of a node. */
  readonly #waiting = new Map<string, Set<AbortController>>();

  constructor(clock: Clock, timers: Timers) {
    this.#clock = clock;
    this.#timers = timers;
  }

  /** The node has called, as a caller that was admitted. */
  note(nodeId: string): void {
    this.#calledAtMs.delete(nodeId);
    this.#calledAtMs.set(nodeId, this.#clock.nowMs());
    for (const oldest of this.#calledAtMs.keys()) {
      if (this.#calledAtMs.size <= NODES_MAX) break;
      this.#calledAtMs.delete(oldest);
    }
    for (const waiting of this.#waiting.get(nodeId) ?? []) waiting.abort();
  }

  /** Whether the node has called within the last `withinMs`. */
  hasCalled(nodeId: string, withinMs: number): boolean {
    const atMs = this.#calledAtMs.get(nodeId);
    return atMs !== undefined && this.#clock.nowMs() - atMs <= withinMs;
  }

  /** Whether the node calls within `waitMs` from now. */
  async callsWithin(nodeId: string, waitMs: number): Promise<boolean> {
    const called = new AbortController();
    const waiting = this.#waiting.get(nodeId) ?? new Set();
    this.#waiting.set(nodeId, waiting.add(called));
    await pause(this.#timers, waitMs, called.signal);
    waiting.delete(called);
    if (waiting.size === 0) this.#waiting.delete(nodeId);
    return called.signal.aborted;
  }
}

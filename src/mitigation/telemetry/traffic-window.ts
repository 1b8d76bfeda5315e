/**
 * What traffic was like since it was asked about last: counters only rise, so the difference of two readings is what
 * happened between them.
 */
import { latencyQuantile } from './latency-buckets.ts';
import { histogramCells } from './metric-families.ts';
import type { TrafficLayout } from './traffic-layout.ts';
import { countRequests } from './traffic-totals.ts';

/** Latencies are estimates, as in `latencyQuantile`. */
export interface WindowFigures {
  readonly requestsPerSecond: number;
  /** 0 without requests. */
  readonly latencyMs: { readonly p50: number; readonly p99: number };
}

/** Heartbeats may follow on each other at once; a shorter window would say nothing, so the one before is told again. */
const WINDOW_MIN_MS = 1000;

export class TrafficWindow {
  readonly #layout: TrafficLayout;
  #sinceMs: number;
  #requests = 0;
  #latencies: readonly number[] = [];
  #last: WindowFigures = { requestsPerSecond: 0, latencyMs: { p50: 0, p99: 0 } };

  /** @param nowMs when the counters were zero */
  constructor(layout: TrafficLayout, nowMs: number) {
    this.#layout = layout;
    this.#sinceMs = nowMs;
  }

  /** Ends the window and begins the next; `sums` as `sumRegions` returns them. */
  read(sums: ArrayLike<number>, nowMs: number): WindowFigures {
    const elapsedMs = nowMs - this.#sinceMs;
    if (elapsedMs < WINDOW_MIN_MS) return this.#last;
    const requests = countRequests(this.#layout, sums, () => true);
    const latencies = histogramCells(sums, this.#layout.spans.secbeat_request_duration_seconds.offset);
    const fresh = latencies.map((count, cell) => Math.max(0, count - (this.#latencies[cell] ?? 0)));
    this.#last = {
      requestsPerSecond: (Math.max(0, requests - this.#requests) * 1000) / elapsedMs,
      latencyMs: { p50: latencyQuantile(fresh, 0.5) * 1000, p99: latencyQuantile(fresh, 0.99) * 1000 },
    };
    this.#sinceMs = nowMs;
    this.#requests = requests;
    this.#latencies = latencies;
    return this.#last;
  }
}

/**
 * What an origin takes to answer, as a moving average that believes bad news at once and good news slowly (peak EWMA):
 * an origin that becomes slow is avoided from its first slow answer on, and wins trust back over seconds.
 */

/** In which old values lose all but a third of their weight. */
const DECAY_MS = 10_000;

export class PeakLatency {
  #valueMs = 0;
  #seenMs = 0;

  /** Milliseconds; 0 before the first answer. Fades with time, so that an avoided origin is tried again. */
  valueMs(nowMs: number): number {
    return this.#valueMs * fading(nowMs - this.#seenMs);
  }

  observe(latencyMs: number, nowMs: number): void {
    const weight = fading(nowMs - this.#seenMs);
    this.#valueMs = latencyMs > this.#valueMs ? latencyMs : this.#valueMs * weight + latencyMs * (1 - weight);
    this.#seenMs = nowMs;
  }
}

function fading(elapsedMs: number): number {
  return elapsedMs <= 0 ? 1 : Math.exp(-elapsedMs / DECAY_MS);
}

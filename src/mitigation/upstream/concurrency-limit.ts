/**
 * How many requests an origin gets at once: as many as it answers in about the time that it always took.
 *
 * Latency has a floor, what the origin needs when nothing waits there. While the median of the last window stays near
 * the floor the limit grows, as far as it is used; when the median rises, requests are queueing in the origin, and the
 * limit shrinks in proportion, so that they queue here, where they can be told apart and given up in time. This is the
 * idea of TCP Vegas and of gradient limiters, with three precautions:
 *   - medians, since a page that takes long by its nature says nothing of a queue;
 *   - a slack in milliseconds, since below it the node's own turns are what is measured;
 *   - a floor that is the lowest median of the last minutes, so that an origin that became slower for good is not
 *     throttled for ever.
 * An origin that is overloaded from its first answer on shows no floor; there the configured maximum is what holds.
 */

/** Answers of one window that are kept for its median, and that a window must have to count. */
const SAMPLES_MAX = 64;
const SAMPLES_MIN = 8;
const WINDOW_MS = 500;
const FLOOR_EPOCH_MS = 60_000;
const TOLERANCE = 2;
const SLACK_MS = 50;
/** The most that one window takes away or adds. */
const SHRINK_MIN = 0.7;
const GROWTH = 0.1;

export interface LimitBounds {
  readonly min: number;
  readonly max: number;
  readonly adaptive: boolean;
}

export class ConcurrencyLimit {
  #bounds: LimitBounds;
  #limit: number;
  readonly #samples: Float64Array = new Float64Array(SAMPLES_MAX);
  /** Answers in this window; the samples are the last of them. */
  #count = 0;
  #loadPeak = 0;
  #windowStartMs: number;
  /** Lowest medians of this epoch and the one before. */
  #floorMs: number = Number.POSITIVE_INFINITY;
  #floorBeforeMs: number = Number.POSITIVE_INFINITY;
  #epochStartMs: number;

  constructor(bounds: LimitBounds, nowMs: number) {
    this.#bounds = bounds;
    this.#limit = bounds.max;
    this.#windowStartMs = nowMs;
    this.#epochStartMs = nowMs;
  }

  /** Requests at once, a whole number. */
  get value(): number {
    return Math.floor(this.#limit);
  }

  /** New bounds; what was learnt stays as far as it fits. */
  configure(bounds: LimitBounds): void {
    const wasFree = this.#limit === this.#bounds.max;
    this.#bounds = bounds;
    this.#limit = wasFree || !bounds.adaptive ? bounds.max : clamp(this.#limit, bounds);
  }

  /** An answer took that long, with `load` requests at the origin. */
  observe(latencyMs: number, load: number): void {
    this.#samples[this.#count % SAMPLES_MAX] = latencyMs;
    this.#count++;
    if (load > this.#loadPeak) this.#loadPeak = load;
  }

  /** Closes a window that is over; true where the limit changed. */
  sweep(nowMs: number): boolean {
    if (nowMs - this.#windowStartMs < WINDOW_MS || this.#count < SAMPLES_MIN) return false;
    const before = this.value;
    if (this.#bounds.adaptive) this.#adapt(this.#median(), nowMs);
    this.#windowStartMs = nowMs;
    this.#count = 0;
    this.#loadPeak = 0;
    return this.value !== before;
  }

  #adapt(medianMs: number, nowMs: number): void {
    if (nowMs - this.#epochStartMs >= FLOOR_EPOCH_MS) {
      this.#floorBeforeMs = this.#floorMs;
      this.#floorMs = Number.POSITIVE_INFINITY;
      this.#epochStartMs = nowMs;
    }
    this.#floorMs = Math.min(this.#floorMs, medianMs);
    const floorMs = Math.min(this.#floorMs, this.#floorBeforeMs);
    const allowedMs = Math.max(floorMs * TOLERANCE, floorMs + SLACK_MS);
    if (medianMs > allowedMs) {
      this.#limit *= Math.max(SHRINK_MIN, allowedMs / medianMs);
    } else if (this.#loadPeak * 2 >= this.#limit) {
      this.#limit += Math.max(1, this.#limit * GROWTH);
    }
    this.#limit = clamp(this.#limit, this.#bounds);
  }

  #median(): number {
    const samples = this.#samples.slice(0, Math.min(this.#count, SAMPLES_MAX)).sort();
    return samples[samples.length >> 1]!;
  }
}

function clamp(limit: number, { min, max }: LimitBounds): number {
  return Math.min(Math.max(limit, min), max);
}

/**
 * The orchestrator's wall clock as this machine sees it: from the times that its lines tell, against the monotonic clock
 * here, which nobody steps.
 *
 * What a line took on its way makes the orchestrator look slower than it is, so the quickest line so far counts. Both
 * wall clocks may be stepped while the process lives; whoever keeps times by its own wall clock has to ask for them anew
 * then.
 */
import type { Clock } from '../../core/clock.ts';

/** More than the clocks of one machine drift apart between two lines. */
const STEP_MIN_MS = 2000;
/** No line is under way for longer. */
const WAY_MAX_MS = 15_000;

export class OrchestratorClock {
  readonly #clock: Clock;
  /** How far the monotonic clock here is ahead of the orchestrator's wall clock, at most. */
  #aheadMs = Number.POSITIVE_INFINITY;
  /** How far the wall clock here was ahead of the monotonic one when a line came last. */
  #wallAheadMs: number | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A line has told the time. True where one of the clocks was stepped since the last one did. */
  hear(orchestratorMs: number): boolean {
    const nowMs = this.#clock.nowMs();
    const wallAheadMs = this.#clock.wallMs() - nowMs;
    const isStepped = Math.abs(wallAheadMs - (this.#wallAheadMs ?? wallAheadMs)) > STEP_MIN_MS;
    this.#wallAheadMs = wallAheadMs;
    const aheadMs = nowMs - orchestratorMs;
    const isSetBack = aheadMs > this.#aheadMs + WAY_MAX_MS;
    const isSetForward = Number.isFinite(this.#aheadMs) && aheadMs < this.#aheadMs - WAY_MAX_MS;
    this.#aheadMs = isSetBack ? aheadMs : Math.min(this.#aheadMs, aheadMs);
    return isStepped || isSetBack || isSetForward;
  }

  /** A time of the orchestrator's by the wall clock of this machine. */
  toOwn(orchestratorMs: number): number {
    if (!Number.isFinite(this.#aheadMs)) return orchestratorMs;
    return orchestratorMs + this.#aheadMs + (this.#clock.wallMs() - this.#clock.nowMs());
  }
}

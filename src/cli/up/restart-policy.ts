/**
 * When a part that died is started again: after a pause that doubles, and not for ever.
 *
 * Only deaths within the window count, so a part that runs well for a while begins with short pauses again.
 */

export interface RestartPolicy {
  readonly firstDelayMs: number;
  readonly delayMsMax: number;
  readonly windowMs: number;
  /** Restarts within the window; the next death after them is final. */
  readonly restartsMax: number;
}

export const RESTART_POLICY: RestartPolicy = {
  firstDelayMs: 500,
  delayMsMax: 30_000,
  windowMs: 600_000,
  restartsMax: 8,
};

export class RestartBudget {
  readonly #policy: RestartPolicy;
  #deathsMs: number[] = [];

  constructor(policy: RestartPolicy) {
    this.#policy = policy;
  }

  /** Notes a death at `nowMs`; returns the pause before the restart in milliseconds, or null to give up. */
  nextDelayMs(nowMs: number): number | null {
    const { firstDelayMs, delayMsMax, windowMs, restartsMax } = this.#policy;
    this.#deathsMs = this.#deathsMs.filter((deathMs) => nowMs - deathMs < windowMs);
    const recent = this.#deathsMs.length;
    if (recent >= restartsMax) return null;
    this.#deathsMs.push(nowMs);
    return Math.min(firstDelayMs * 2 ** recent, delayMsMax);
  }
}

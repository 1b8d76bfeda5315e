/** Traffic added up, over nodes or over time: what shares and means are taken from. */

export interface TrafficSum {
  readonly requests: number;
  /** Refused, for whatever reason. */
  readonly blocks: number;
  /** Those among them that the firewall refused. */
  readonly firewallBlocks: number;
  /** Answered with 5xx. */
  readonly errors: number;
  /** Requests of which it is known how long they took. */
  readonly timed: number;
  /** Their median times in milliseconds, each times the requests it is the median of. */
  readonly medianMs: number;
  /** The same for the time that one in a hundred exceeds. */
  readonly tailMs: number;
}

export const NO_TRAFFIC: TrafficSum = {
  requests: 0,
  blocks: 0,
  firewallBlocks: 0,
  errors: 0,
  timed: 0,
  medianMs: 0,
  tailMs: 0,
};

export function plus(one: TrafficSum, other: TrafficSum): TrafficSum {
  return combine(one, other, (a, b) => a + b);
}

export function minus(one: TrafficSum, other: TrafficSum): TrafficSum {
  return combine(one, other, (a, b) => Math.max(0, a - b));
}

function combine(one: TrafficSum, other: TrafficSum, by: (a: number, b: number) => number): TrafficSum {
  return {
    requests: by(one.requests, other.requests),
    blocks: by(one.blocks, other.blocks),
    firewallBlocks: by(one.firewallBlocks, other.firewallBlocks),
    errors: by(one.errors, other.errors),
    timed: by(one.timed, other.timed),
    medianMs: by(one.medianMs, other.medianMs),
    tailMs: by(one.tailMs, other.tailMs),
  };
}

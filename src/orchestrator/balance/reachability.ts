/**
 * Whether clients can reach a node, from what probes and channels have shown: the quick judgement that balancing needs,
 * beside the slow and careful one of liveness. Nothing irreversible hangs on it.
 *
 * A node is out after two failed probes in a row, or, where it cannot be probed, once its channel has been gone for a
 * moment. One that comes back gets its share step by step.
 */

export interface Sighting {
  /** Whether a connection to it could be made; null where nobody has tried. */
  readonly probe: boolean | null;
  /** Whether it follows the decisions of the fleet right now. */
  readonly followed: boolean;
}

/** What is known of one node. */
export interface Reach {
  readonly failures: number;
  /** Monotonic time at which it was last seen; null where it never was. */
  readonly seenAtMs: number | null;
  /** Since when it can be reached again; null where it never was out. */
  readonly backAtMs: number | null;
  readonly out: boolean;
}

/** A node that nobody has looked at yet is believed. */
export const UNSEEN: Reach = { failures: 0, seenAtMs: null, backAtMs: null, out: false };

const FAILURES_MAX = 2;
/** A channel that was cut is opened again within this time. */
const CHANNEL_GONE_MS = 2500;

/** What is known after one more look. */
export function look(reach: Reach, { probe, followed }: Sighting, nowMs: number): Reach {
  const failures = probe === null || probe ? 0 : reach.failures + 1;
  const seen = probe ?? followed;
  const seenAtMs = seen ? nowMs : (reach.seenAtMs ?? nowMs);
  const out =
    probe === null ? nowMs - seenAtMs > CHANNEL_GONE_MS : failures >= FAILURES_MAX || (!seen && reach.out);
  return { failures, seenAtMs, out, backAtMs: reach.out && !out ? nowMs : reach.backAtMs };
}

/** The least share of a node that has just come back. */
const FIRST_SHARE = 0.1;

/** The share of its weight that a node gets, 0 to 1: rising over `returnMs` after it was out. */
export function shareOf({ out, backAtMs }: Reach, returnMs: number, nowMs: number): number {
  if (out) return 0;
  if (backAtMs === null || nowMs - backAtMs >= returnMs) return 1;
  return Math.max(FIRST_SHARE, (nowMs - backAtMs) / returnMs);
}

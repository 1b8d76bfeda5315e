/** Choosing one of a group's origins. */

/** An origin as a balance sees it. */
export interface Candidate {
  readonly id: string;
  /** What it may get in proportion to others now; 0 where it may get nothing. */
  readonly share: number;
  /** Requests that it has now. */
  readonly load: number;
  /** What it takes to answer, in milliseconds; 0 while unknown. */
  readonly latencyMs: number;
}

export interface Balance {
  /** The place of the origin that gets the next request; -1 where all shares are 0. */
  pick(candidates: readonly Candidate[], hash: number): number;
}

/** Who of several orchestrators does what only one may do at a time. */

export interface Lease {
  /** Whether it is this one now, by its own monotonic clock. */
  readonly held: boolean;
  /**
   * Rises with each holder, so that what an earlier one says late can be told apart; 0 while the lease is not held.
   */
  readonly fencingToken: number;
  /** Calls back whenever `held` has changed; returns how to stop. */
  onChange(listener: (held: boolean) => void): () => void;
  /** Gives the lease back, so that another one need not wait for its end. */
  close(): Promise<void>;
}

/** What one client may do, as the tables need it: whole numbers, frozen, part of a snapshot. */
export interface ClientLimits {
  /** Requests a second in the long run. */
  readonly requestsPerSecond: number;
  /** Requests at once: `requestsPerSecond` and the burst above it. */
  readonly requestCapacity: number;
  /** Connections at the same time. */
  readonly connectionsMax: number;
  /** New connections a second in the long run, and as many at once. */
  readonly newConnectionsPerSecond: number;
  readonly violationWindowMs: number;
  /** Violations within the window that make a ban; more than 2040 count as 2040. */
  readonly violationsMax: number;
  /** How long after its last violation a client is first in line for shedding. */
  readonly penaltyMs: number;
}

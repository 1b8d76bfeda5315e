/**
 * The lease as one orchestrator sees it. Pure; time is an argument.
 *
 * The lease is one key. Its holder rewrites it again and again; who sees that it has stood unchanged for the whole term
 * may take it by writing to exactly that revision. Two rules keep two holders from being at work at once:
 *
 * - the holder counts its term from the moment in which it began to write, and ends `MARGIN` of it early;
 * - the others count the term from the moment in which they saw that revision, which is later.
 *
 * No wall clock is compared with another. What is assumed: monotonic clocks of two machines run at the same rate within
 * `MARGIN`, and a process that was stopped looks at its clock before it acts. Who acts all the same, because it was stopped
 * right between looking and acting, is refused by the ledger, whose head has moved.
 */

export interface LeaseTerms {
  /** How long the key must stand unchanged before somebody else may take it. */
  readonly termMs: number;
}

export interface LeaseState {
  /** The revision that was seen last; 0 where the key is free, -1 before the first look. */
  readonly revision: number;
  /** When it was first seen. */
  readonly seenAtMs: number;
  /** Until when this one holds the lease; -Infinity where it does not. */
  readonly heldUntilMs: number;
}

/** Share of the term that clocks may differ by. */
const MARGIN = 0.1;

export const NO_LEASE: LeaseState = { revision: -1, seenAtMs: 0, heldUntilMs: Number.NEGATIVE_INFINITY };

/** This one's write to the key succeeded; `beganAtMs` is when it began. */
export function leaseWritten(revision: number, beganAtMs: number, { termMs }: LeaseTerms): LeaseState {
  return { revision, seenAtMs: beganAtMs, heldUntilMs: beganAtMs + termMs * (1 - MARGIN) };
}

/** The key was looked at; `revision` is 0 where it is not there. */
export function leaseSeen(state: LeaseState, revision: number, nowMs: number): LeaseState {
  if (revision === state.revision) return state;
  // Somebody has taken it: by the rules above only after this one's time was over.
  return { revision, seenAtMs: nowMs, heldUntilMs: Number.NEGATIVE_INFINITY };
}

/**
 * The key was looked at and holds what this one has written, though the answer never came. When that was is not known, so
 * nothing is won by it; but nobody else can have taken the lease, and it may be written again at once.
 */
export function leaseFoundOwn(state: LeaseState, revision: number): LeaseState {
  return { ...state, revision, seenAtMs: Number.NEGATIVE_INFINITY };
}

export function holdsLease({ heldUntilMs }: LeaseState, nowMs: number): boolean {
  return nowMs < heldUntilMs;
}

/** Whether this one may write to the key now: to renew its lease, or to take that of one who is not heard of any more. */
export function mayWrite(state: LeaseState, nowMs: number, { termMs }: LeaseTerms): boolean {
  if (holdsLease(state, nowMs) || state.revision === 0) return true;
  return state.revision > 0 && nowMs - state.seenAtMs >= termMs;
}

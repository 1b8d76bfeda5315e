/**
 * Whether the orchestrator is done with a report: it has taken it, or refuses it for what it says, which it would do again.
 * Anything else (a certificate that is being renewed, a node that is not known for a moment) is tried again.
 */
export function isSettled(status: number): boolean {
  return status === 200 || status === 400 || status === 413 || status === 422;
}

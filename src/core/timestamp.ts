/** A time as people and machines read it: RFC 3339, UTC. */
export function toTimestamp(wallMs: number): string {
  return new Date(wallMs).toISOString();
}

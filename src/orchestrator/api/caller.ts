/** Who calls, as the guard has found out: what is decided on their word names them. */
import type { Context } from 'hono';
import type { Author } from '../../messages/ledger-entry.ts';

const CALLER = 'secbeat.caller';

/** Notes who calls, for the routes behind. */
export function setCaller(context: Context, author: Author): void {
  context.set(CALLER, author);
}

/** Who calls; a request that no guard has looked at is nobody's. */
export function callerOf(context: Context): Author {
  return (context.get(CALLER) as Author | undefined) ?? { kind: 'system', id: 'unknown' };
}

/**
 * Whether a node that is known by its certificate speaks of another one. Callers without a certificate, which there are on
 * loopback listeners without TLS, are believed.
 */
export function isForeignNode(context: Context, nodeId: string | null): boolean {
  const { kind, id } = callerOf(context);
  return kind === 'node' && id !== nodeId;
}

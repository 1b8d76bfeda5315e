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

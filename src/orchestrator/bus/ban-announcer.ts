/**
 * Tells other programs over NATS which bans begin and end: `PREFIX.control.commands`.
 *
 * The orchestrator in charge tells. The others remember what was decided lately, so that whoever takes over can tell what the
 * one before may not have told any more. So a command may come twice, but not be left out; its id is the same then.
 */
import type { NatsConnection } from '@nats-io/transport-node';
import type { ControlCommand } from '../../messages/bus-messages.ts';
import type { LedgerEntry } from '../../messages/ledger-entry.ts';
import type { Lease } from '../lease/lease.ts';

export interface BanAnnouncerDeps {
  readonly connection: NatsConnection;
  readonly prefix: string;
  readonly ledgerId: string;
  readonly lease: Lease;
  /** Calls back with each new entry; returns how to stop. */
  readonly watch: (onEntry: (entry: LedgerEntry) => void) => () => void;
}

/** More than is decided while nobody is in charge; what is older was told. */
const UNTOLD_MAX = 10_000;

/** Begins; the answer ends it. */
export function announceBans({ connection, prefix, ledgerId, lease, watch }: BanAnnouncerDeps): () => void {
  const recent: ControlCommand[] = [];
  const tell = (command: ControlCommand): void => {
    if (!connection.isClosed()) connection.publish(`${prefix}.control.commands`, JSON.stringify(command));
  };
  const stopWatch = watch((entry) => {
    const command = toControlCommand(entry, ledgerId);
    if (command === null) return;
    if (lease.held) {
      tell(command);
      return;
    }
    recent.push(command);
    if (recent.length > UNTOLD_MAX) recent.shift();
  });
  const stopLease = lease.onChange((held) => {
    if (held) for (const command of recent.splice(0)) tell(command);
  });
  return () => {
    stopWatch();
    stopLease();
  };
}

/** Null for what is no ban of an address. */
export function toControlCommand(
  { seq, at_ms: atMs, body }: LedgerEntry,
  ledgerId: string,
): ControlCommand | null {
  if (body.kind !== 'ban_set' && body.kind !== 'ban_lifted') return null;
  const set = body.kind === 'ban_set' ? body : null;
  return {
    command_id: `${ledgerId}-${seq}`,
    action: set === null ? 'REMOVE_DYNAMIC_RULE' : 'ADD_DYNAMIC_RULE',
    rule_type: 'IP_BLOCK',
    target: body.target,
    ttl_seconds: set === null ? null : Math.max(0, Math.ceil((set.expires_at_ms - atMs) / 1000)),
    timestamp: new Date(atMs).toISOString(),
    metadata: set === null ? {} : { reason: set.reason, source: set.source },
  };
}

/** `secbeat revoke-node`: no certificate of a node admits it to the fleet any more. */
import type { Command } from 'commander';
import { type FleetFlags, fleetCommand, runFleetCall } from './fleet-client.ts';

interface RevokeFlags extends FleetFlags {
  readonly reason?: string;
}

export function revokeNodeCommand(): Command {
  return fleetCommand('revoke-node', 'refuse a node from now on; it can be enrolled anew')
    .argument('<id>', 'the id of the node')
    .option('--reason <text>', 'for the audit')
    .action(async (id: string, flags: RevokeFlags) => {
      const path = `/nodes/${encodeURIComponent(id)}/revoke`;
      const call = { method: 'POST' as const, path, body: { reason: flags.reason } };
      await runFleetCall<{ readonly message: string }>(flags, call, ({ message }) => message);
    });
}

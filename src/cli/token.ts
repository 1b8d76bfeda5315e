/** `secbeat token`: tokens of people and programs for the API of the orchestrator. */
import { Command, Option } from 'commander';
import { type FleetFlags, fleetCommand, runFleetCall } from './fleet-client.ts';
import { parseCount } from './parse-count.ts';
import { printable } from './printable.ts';

interface CreateFlags extends FleetFlags {
  readonly name: string;
  readonly role: string;
  readonly days?: number;
}

interface TokenFacts {
  readonly id: string;
  readonly name: string;
  readonly role: string;
  readonly expires_at: string | null;
}

export function tokenCommand(): Command {
  const command = new Command('token').description('tokens for the API of the orchestrator');
  for (const part of [createCommand(), listCommand(), revokeCommand()]) command.addCommand(part);
  return command;
}

function createCommand(): Command {
  return fleetCommand('create', 'make a token, and print it this once')
    .requiredOption('--name <name>', 'who or what it is for')
    .addOption(
      new Option('--role <role>', 'what it may do')
        .choices(['viewer', 'operator', 'admin'])
        .makeOptionMandatory(),
    )
    .option('--days <number>', 'how long it can be used; without it until it is revoked', parseCount)
    .action(async (flags: CreateFlags) => {
      const { name, role, days = null } = flags;
      const call = { method: 'POST' as const, path: '/tokens', body: { name, role, days } };
      await runFleetCall<{ readonly token: string }>(flags, call, ({ token }) => token);
    });
}

function listCommand(): Command {
  return fleetCommand('list', 'all tokens, without their secrets').action(async (flags: FleetFlags) => {
    const call = { method: 'GET' as const, path: '/tokens' };
    await runFleetCall<{ readonly tokens: readonly TokenFacts[] }>(flags, call, ({ tokens }) =>
      tokens.length === 0 ? 'There is no token.' : tokens.map(describeToken).join('\n'),
    );
  });
}

function revokeCommand(): Command {
  return fleetCommand('revoke', 'refuse a token from now on')
    .argument('<id>', 'as token list shows it')
    .action(async (id: string, flags: FleetFlags) => {
      const call = { method: 'DELETE' as const, path: `/tokens/${encodeURIComponent(id)}` };
      await runFleetCall<{ readonly message: string }>(flags, call, ({ message }) => message);
    });
}

function describeToken({ id, name, role, expires_at: expiresAt }: TokenFacts): string {
  return `${id}  ${role.padEnd(8)}  ${printable(name)}${expiresAt === null ? '' : `  until ${expiresAt}`}`;
}

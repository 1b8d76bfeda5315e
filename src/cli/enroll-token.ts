/** `secbeat enroll-token`: a token with which one node becomes a member of the fleet, and the lines to give the node. */
import type { Command } from 'commander';
import type { Config } from '../config/schema.ts';
import { type FleetFlags, fleetCommand, ownServerUrl, runFleetCall } from './fleet-client.ts';
import { parseCount } from './parse-count.ts';

interface EnrollFlags extends FleetFlags {
  readonly minutes?: number;
  readonly note?: string;
  readonly group?: string;
}

interface MadeToken {
  readonly token: string;
  readonly expires_at: string;
  readonly ca_fingerprint: string;
}

export function enrollTokenCommand(): Command {
  return fleetCommand('enroll-token', 'make a token with which one node becomes a member of the fleet, once')
    .option('--minutes <number>', 'how long it can be used (60)', parseCount)
    .option('--group <name>', 'the group that the node is in, whatever it says')
    .option('--note <text>', 'for people: which node it is meant for')
    .action(async (flags: EnrollFlags) => {
      const { minutes, note, group } = flags;
      const call = { method: 'POST' as const, path: '/enrolment-tokens', body: { minutes, note, group } };
      await runFleetCall<MadeToken>(flags, call, (made, config) => describeToken(made, config, flags.server));
    });
}

function describeToken(made: MadeToken, config: Config, server: string | undefined): string {
  return [
    `# For the configuration of one node, until ${made.expires_at}:`,
    '[orchestrator]',
    `server_url = ${JSON.stringify(server ?? serverUrlFor(config))}`,
    `enrolment_token = ${JSON.stringify(made.token)}`,
    `ca_fingerprint = ${JSON.stringify(made.ca_fingerprint)}`,
  ].join('\n');
}

/** The first name is the one that is meant for nodes. */
function serverUrlFor(config: Config): string {
  const [name] = config.fleet.tls.names;
  if (name === undefined) return ownServerUrl(config);
  const url = new URL(ownServerUrl(config));
  url.hostname = name.includes(':') ? `[${name}]` : name;
  return url.href.replace(/\/$/, '');
}

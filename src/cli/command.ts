/** `secbeat command`: tells nodes to do something; `secbeat mode`: makes them strict or as usual. */
import { Argument, Command, InvalidArgumentError, Option } from 'commander';
import type { Config } from '../config/schema.ts';
import { type CommandName, commandName } from '../messages/entries/commands.ts';
import { fleetMode } from '../messages/entries/modes.ts';
import type { CommandTaken, ShownCommand } from '../messages/fleet-command.ts';
import type { ModeAnswer } from '../messages/mode-request.ts';
import { readConfiguration } from './configuration.ts';
import { EXIT_CHECK_FAILED, EXIT_COULD_NOT_RUN } from './exit-codes.ts';
import { askFleet, type FleetFlags, fleetCommand, printAnswer, runFleetCall } from './fleet-client.ts';
import { parseCount } from './parse-count.ts';
import { printable } from './printable.ts';

interface TargetFlags extends FleetFlags {
  readonly all?: true;
  readonly node?: string;
  readonly group?: string;
  readonly region?: string;
  readonly label?: string;
}

interface CommandFlags extends TargetFlags {
  readonly reason: string;
  readonly grace?: number;
  readonly deadline: number;
  readonly wait?: true;
  readonly target?: string;
  readonly duration?: number;
}

const DESCRIPTIONS: Readonly<Record<CommandName, string>> = {
  drain: 'take no new connections and finish the old ones',
  undrain: 'take connections again',
  terminate: 'finish what is in progress and end',
  reload: 'read the configuration file again',
  diagnose: 'tell status, settings, versions and figures',
  ban: 'ban somebody on these nodes alone',
  unban: 'lift what ban has done',
};

/** How long one question waits at the orchestrator. */
const WAIT_SECONDS = 20;

export function commandCommand(): Command {
  const command = new Command('command').description('tell nodes to do something');
  for (const name of commandName.options) command.addCommand(nodesCommand(name));
  return command;
}

export function modeCommand(): Command {
  return fleetCommand('mode', 'make nodes strict (under_attack) or as usual (normal)')
    .addArgument(new Argument('<mode>', 'how strict').choices(fleetMode.options))
    .option('--selector <selector>', 'all, or node:, group:, region: or label: and a name', 'all')
    .action(async (mode: string, flags: FleetFlags & { readonly selector: string }) => {
      const body = { selector: flags.selector, mode };
      await runFleetCall<ModeAnswer>(flags, { method: 'PUT', path: '/mode', body }, describeModes);
    });
}

function nodesCommand(name: CommandName): Command {
  const command = fleetCommand(name, DESCRIPTIONS[name])
    .addOption(new Option('--all', 'all nodes'))
    .addOption(new Option('--node <id>', 'one node'))
    .addOption(new Option('--group <name>', 'the nodes of a group'))
    .addOption(new Option('--region <name>', 'the nodes of a region'))
    .addOption(new Option('--label <tag>', 'the nodes with a tag'))
    .option('--reason <text>', 'for the audit log', '')
    .option('--deadline <seconds>', 'within which a node must begin', parseCount, 60)
    .option('--wait', 'wait for the outcome on all nodes; exit code 1 unless it was done on each');
  if (name === 'drain' || name === 'terminate') {
    command.option('--grace <seconds>', 'for what is in progress', parseSeconds);
  }
  if (name === 'ban' || name === 'unban') {
    command.requiredOption('--target <target>', 'an address, a prefix, ja4: or as:');
  }
  if (name === 'ban') command.option('--duration <seconds>', 'how long', parseCount, 3600);
  return command.action((flags: CommandFlags) => run(name, flags));
}

async function run(command: CommandName, flags: CommandFlags): Promise<void> {
  const config = readConfiguration(flags.config);
  const selector = selectorOf(flags);
  if (config === null || selector === null) return;
  const { reason, grace = null, deadline, target, duration } = flags;
  const body = {
    ...{ command, selector, reason, grace_seconds: grace, deadline_seconds: deadline },
    ...{ target, duration_seconds: duration },
  };
  const taken = await askFleet<CommandTaken>(config, flags, { method: 'POST', path: '/commands', body });
  if (taken === null) return;
  if (flags.wait !== true) {
    printAnswer(flags, taken, `Command ${taken.id} is on its way to ${countNodes(taken.nodes.length)}.`);
    return;
  }
  const shown = await waitForEnd(config, flags, taken.id);
  if (shown === null) return;
  printAnswer(flags, shown, describeOutcome(shown));
  if (shown.summary.done < shown.nodes.length) process.exitCode = EXIT_CHECK_FAILED;
}

/** The command once all nodes have answered, which at the latest the deadline brings about. */
async function waitForEnd(config: Config, flags: FleetFlags, id: string): Promise<ShownCommand | null> {
  for (;;) {
    const path = `/commands/${encodeURIComponent(id)}?wait=${WAIT_SECONDS}`;
    const shown = await askFleet<ShownCommand>(config, flags, { method: 'GET', path });
    if (shown === null || shown.finished) return shown;
  }
}

/** Whom the flags mean; null once it is said that they mean nobody or too many. */
function selectorOf({ all, node, group, region, label }: TargetFlags): string | null {
  const named = Object.entries({ node, group, region, label }).filter(([, name]) => name !== undefined);
  const meant = [...(all === true ? ['all'] : []), ...named.map(([kind, name]) => `${kind}:${name}`)];
  if (meant.length === 1) return meant[0]!;
  process.stderr.write('secbeat: name one of --all, --node, --group, --region and --label\n');
  process.exitCode = EXIT_COULD_NOT_RUN;
  return null;
}

function describeOutcome({ nodes }: ShownCommand): string {
  return nodes
    .map(({ node_id, outcome, detail }) => `${node_id}  ${outcome}  ${printable(detail, true)}`.trimEnd())
    .join('\n');
}

function describeModes({ modes, nodes }: ModeAnswer): string {
  const lines = modes.map(({ selector, mode }) => `${printable(selector)}  ${mode}`);
  return [...lines, `${countNodes(nodes.normal)} normal, ${nodes.under_attack} under attack`].join('\n');
}

function countNodes(count: number): string {
  return count === 1 ? '1 node' : `${count} nodes`;
}

/** From 0 on, also parts of a second. */
function parseSeconds(text: string): number {
  if (!/^\d{1,5}(?:\.\d{1,3})?$/.test(text)) throw new InvalidArgumentError('It must be a number from 0 on.');
  return Number(text);
}

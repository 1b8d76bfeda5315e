/** `secbeat policy`: what all nodes have to run, how far it has come, and how to take it back. */
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { Command } from 'commander';
import type { Config } from '../config/schema.ts';
import { codedMessageOf } from '../core/error-message.ts';
import type {
  PoliciesPage,
  PolicyAnswer,
  RevisionDetail,
  RunningPolicies,
} from '../messages/policy-views.ts';
import { readConfiguration } from './configuration.ts';
import { describeAnswer, describePolicies, describeProgress, describeRunning } from './describe-policy.ts';
import { EXIT_CHECK_FAILED, EXIT_COULD_NOT_RUN } from './exit-codes.ts';
import { askFleet, type FleetFlags, fleetCommand, printAnswer, runFleetCall } from './fleet-client.ts';
import { parseCount } from './parse-count.ts';

interface ScopeFlags extends FleetFlags {
  readonly scope: string;
}

interface ApplyFlags extends ScopeFlags {
  readonly note: string;
  readonly basedOn?: number;
  readonly watch?: true;
}

interface ReasonFlags extends FleetFlags {
  readonly reason: string;
}

const POLL_MS = 1000;
const SCOPE_FLAG = '--scope <scope>';
const SCOPE_HELP = 'fleet, group:NAME or node:ID';

export function policyCommand(): Command {
  const command = new Command('policy').description('policy of the fleet: revisions and their rollout');
  const parts = [applyCommand(), diffCommand(), statusCommand(), showCommand(), restoreCommand()];
  const orders = [pauseCommand(), resumeCommand(), rollbackCommand()];
  for (const part of [...parts, ...orders]) command.addCommand(part);
  return command;
}

function applyCommand(): Command {
  return fleetCommand('apply', 'make a file the policy of a scope, and roll it out')
    .argument('<file>', 'sections of the configuration, as in its file; an empty one takes the layer away')
    .option(SCOPE_FLAG, SCOPE_HELP, 'fleet')
    .option('--note <text>', 'why, for those who read it later', '')
    .option(
      '--based-on <revision>',
      'the revision that the file was made from; without it the one that stands',
      parseCount,
    )
    .option('--watch', 'wait until the rollout has ended; exit code 1 when it was rolled back')
    .action(async (file: string, flags: ApplyFlags) => {
      const config = readConfiguration(flags.config);
      const toml = config === null ? null : readText(file);
      if (config === null || toml === null) return;
      const answer = await edit(config, flags, toml, '');
      if (answer === null) return;
      printAnswer(flags, answer, describeAnswer(answer));
      if (flags.watch === true && answer.revision !== null) await watch(config, flags, answer.revision);
    });
}

function diffCommand(): Command {
  return fleetCommand('diff', 'check a file, and show what it would change')
    .argument('<file>', 'as for apply')
    .option(SCOPE_FLAG, SCOPE_HELP, 'fleet')
    .action(async (file: string, flags: ScopeFlags) => {
      const config = readConfiguration(flags.config);
      const toml = config === null ? null : readText(file);
      if (config === null || toml === null) return;
      const answer = await edit(config, { ...flags, note: '' }, toml, '?dry_run=true');
      if (answer !== null)
        printAnswer(flags, answer, answer.diff === '' ? 'No difference.' : answer.diff.trimEnd());
    });
}

function statusCommand(): Command {
  return fleetCommand('status', 'what is written, what is being rolled out, and what runs where').action(
    async (flags: FleetFlags) => {
      const config = readConfiguration(flags.config);
      if (config === null) return;
      const page = await askFleet<PoliciesPage>(config, flags, { method: 'GET', path: '/policies?limit=10' });
      if (page === null) return;
      const running = await askFleet<RunningPolicies>(config, flags, {
        method: 'GET',
        path: '/policies/running',
      });
      if (running === null) return;
      const text = `${describePolicies(page)}\n\n${describeRunning(running)}`;
      printAnswer(flags, { ...page, running: running.nodes }, text);
    },
  );
}

function showCommand(): Command {
  return fleetCommand('show', 'the text of a revision')
    .argument('<revision>', 'its number', parseCount)
    .option('--diff', 'what it changed instead')
    .action(async (revision: number, flags: FleetFlags & { readonly diff?: true }) => {
      const call = { method: 'GET' as const, path: `/policies/${revision}` };
      await runFleetCall<RevisionDetail>(flags, call, ({ toml, diff }) =>
        flags.diff === true
          ? (diff ?? 'The text that it was based on is not at hand any more.').trimEnd()
          : toml.trimEnd(),
      );
    });
}

function restoreCommand(): Command {
  return fleetCommand('restore', 'roll the text of an earlier revision out anew')
    .argument('<revision>', 'its number', parseCount)
    .action(async (revision: number, flags: FleetFlags) => {
      const call = { method: 'POST' as const, path: `/policies/${revision}/restore` };
      await runFleetCall<PolicyAnswer>(flags, call, describeAnswer);
    });
}

function pauseCommand(): Command {
  return fleetCommand('pause', 'let the rollout wait where it is')
    .option('--reason <text>', 'for those who wonder', 'paused by hand')
    .action((flags: ReasonFlags) => giveOrder(flags, 'pause', { reason: flags.reason }));
}

function resumeCommand(): Command {
  return fleetCommand('resume', 'let the rollout go on').action((flags: FleetFlags) =>
    giveOrder(flags, 'resume'),
  );
}

function rollbackCommand(): Command {
  return fleetCommand('rollback', 'take the revision under way back from every node')
    .option('--reason <text>', 'kept with the revision', 'rolled back by hand')
    .action((flags: ReasonFlags) => giveOrder(flags, 'rollback', { reason: flags.reason }));
}

async function giveOrder(flags: FleetFlags, order: string, body?: unknown): Promise<void> {
  const call = { method: 'POST' as const, path: `/policies/rollout/${order}`, body };
  await runFleetCall<PoliciesPage>(flags, call, describePolicies);
}

/** Null once it is said what is wrong. */
async function edit(
  config: Config,
  flags: ApplyFlags,
  toml: string,
  query: string,
): Promise<PolicyAnswer | null> {
  const { scope, note, basedOn } = flags;
  const stands = basedOn ?? (await standingRevision(config, flags, scope));
  if (stands === null) return null;
  return await askFleet<PolicyAnswer>(config, flags, {
    method: 'PUT',
    path: `/policies/scopes/${encodeURIComponent(scope)}${query}`,
    headers: { 'If-Match': `"${stands}"` },
    body: { toml, note },
  });
}

async function standingRevision(config: Config, flags: FleetFlags, scope: string): Promise<number | null> {
  const page = await askFleet<PoliciesPage>(config, flags, { method: 'GET', path: '/policies?limit=1' });
  if (page === null) return null;
  if (page.rollout?.scope === scope) return page.rollout.revision;
  return page.stable.find((stable) => stable.scope === scope)?.revision ?? 0;
}

/** Says how far the rollout has come whenever that changes, until it has ended. */
async function watch(config: Config, flags: FleetFlags, revision: number): Promise<void> {
  let said = '';
  for (;;) {
    const page = await askFleet<PoliciesPage>(config, flags, { method: 'GET', path: '/policies?limit=200' });
    if (page === null) return;
    const progress = describeProgress(page, revision);
    if (progress.text !== said) process.stderr.write(`${progress.text}\n`);
    said = progress.text;
    if (progress.outcome === 'rolled_back') process.exitCode = EXIT_CHECK_FAILED;
    if (progress.outcome !== null) return;
    await pause(POLL_MS);
  }
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    process.stderr.write(`secbeat: ${path} cannot be read: ${codedMessageOf(error as Error)}\n`);
    process.exitCode = EXIT_COULD_NOT_RUN;
    return null;
  }
}

/** The command `secbeat`: puts the commands together and turns what commander finds wrong into exit code 2. */
import { Command, CommanderError } from 'commander';
import { messageOf } from '../core/error-message.ts';
import { checkCommand } from './check.ts';
import { commandCommand, modeCommand } from './command.ts';
import { enrollTokenCommand } from './enroll-token.ts';
import { EXIT_COULD_NOT_RUN } from './exit-codes.ts';
import { explainCommand } from './explain.ts';
import { nodeCommand } from './node.ts';
import { orchestratorCommand } from './orchestrator.ts';
import { originCommand } from './origin.ts';
import { policyCommand } from './policy.ts';
import { revokeNodeCommand } from './revoke-node.ts';
import { rulesCommand } from './rules.ts';
import { followSupervisor } from './supervised.ts';
import { tokenCommand } from './token.ts';
import { upCommand } from './up.ts';
import { readVersion } from './version.ts';

const program = new Command('secbeat')
  .description('A self-hosted shield for web sites.')
  .version(readVersion())
  // Commander throws instead of exiting with a code of its own.
  .exitOverride()
  .allowExcessArguments(false)
  .showSuggestionAfterError()
  .showHelpAfterError('(secbeat --help lists the commands)')
  .addHelpText('after', '\nExit codes: 0 done, 1 a check failed, 2 could not run.');

const commands = [
  upCommand(),
  nodeCommand(),
  orchestratorCommand(),
  originCommand(),
  checkCommand(),
  rulesCommand(),
  explainCommand(),
  tokenCommand(),
  enrollTokenCommand(),
  revokeNodeCommand(),
  policyCommand(),
  commandCommand(),
  modeCommand(),
];
for (const command of commands) {
  program.addCommand(command.copyInheritedSettings(program));
}

followSupervisor();
try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = toExitCode(error);
}

/** Commander has printed its own errors; help and version are no errors. */
function toExitCode(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_COULD_NOT_RUN;
  console.error(`secbeat: ${messageOf(error)}`);
  return EXIT_COULD_NOT_RUN;
}

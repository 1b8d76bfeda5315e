/**
 * `secbeat up`: orchestrator, test origin and one or more nodes on one machine, each as a process of its own.
 *
 * Checks the configuration and the addresses before it starts anything, says what runs and what to try, starts
 * again what dies, and on Ctrl-C or SIGTERM stops nodes, origin and orchestrator in this order.
 */
import { fileURLToPath } from 'node:url';
import { Command, InvalidArgumentError, Option } from 'commander';
import { createSystemClock } from '../core/clock.ts';
import { CONFIG_FLAG, CONFIG_HELP, readConfiguration } from './configuration.ts';
import { EXIT_COULD_NOT_RUN, EXIT_DONE } from './exit-codes.ts';
import { NODES_MAX } from './up/further-nodes.ts';
import { LinePrefix } from './up/line-prefix.ts';
import type { Part } from './up/part.ts';
import { PartProcess } from './up/part-process.ts';
import { describePlan, planParts } from './up/plan.ts';
import { RESTART_POLICY } from './up/restart-policy.ts';
import { Supervisor } from './up/supervisor.ts';
import { findTakenAddresses } from './up/taken-address.ts';

const READY_TIMEOUT_MS = 30_000;

/** A second request to stop within this time is the same one, heard twice: by the terminal and by a launcher. */
const SAME_STOP_MS = 1000;

const NAME_WIDTH = 'orchestrator'.length;

export function upCommand(): Command {
  return new Command('up')
    .description('run orchestrator, test origin and one or more nodes on this machine')
    .option(CONFIG_FLAG, CONFIG_HELP)
    .addOption(
      new Option('--nodes <count>', 'how many nodes to run, each on ports of its own')
        .default(1)
        .argParser(readNodes),
    )
    .action(async (flags: { readonly config?: string; readonly nodes: number }) => {
      process.exitCode = await runUp(flags.config, flags.nodes);
    });
}

function readNodes(text: string): number {
  const nodes = Number(text);
  if (Number.isInteger(nodes) && nodes >= 1 && nodes <= NODES_MAX) return nodes;
  throw new InvalidArgumentError(`It must be a whole number from 1 to ${NODES_MAX}.`);
}

async function runUp(configFile: string | undefined, nodes: number): Promise<number> {
  const config = readConfiguration(configFile);
  if (config === null) return EXIT_COULD_NOT_RUN;
  const planned = planParts(config, configFile === undefined ? [] : ['--config', configFile], nodes);
  if (!planned.ok) {
    process.stderr.write(`${planned.fault}\n`);
    return EXIT_COULD_NOT_RUN;
  }
  const plan = planned.value;
  const taken = await findTakenAddresses(plan.parts);
  if (taken.length > 0) {
    for (const fault of taken) process.stderr.write(`${fault}\n`);
    return EXIT_COULD_NOT_RUN;
  }
  const supervisor = createSupervisor(plan.parts);
  stopOnSignal(supervisor);
  return await supervise(supervisor, describePlan(config, plan));
}

async function supervise(supervisor: Supervisor, welcome: string): Promise<number> {
  const started = await supervisor.start();
  if (started.ok) {
    process.stdout.write(welcome);
    const reason = await supervisor.ended;
    await supervisor.stop();
    return reason === 'gave-up' ? EXIT_COULD_NOT_RUN : EXIT_DONE;
  }
  if (supervisor.stopping) {
    await supervisor.ended;
    return EXIT_DONE;
  }
  process.stderr.write(`${started.fault}\n`);
  await supervisor.stop();
  return EXIT_COULD_NOT_RUN;
}

function createSupervisor(parts: readonly Part[]): Supervisor {
  const main = fileURLToPath(new URL('./main.ts', import.meta.url));
  const write = (text: string): void => {
    process.stdout.write(text);
  };
  return new Supervisor({
    parts,
    launch: (part) =>
      new PartProcess(
        {
          path: process.execPath,
          args: [...process.execArgv, main, ...part.args],
          environment: part.environment,
        },
        new LinePrefix(`${part.name.padEnd(NAME_WIDTH)} | `, write),
      ),
    say: (line) => write(`${'up'.padEnd(NAME_WIDTH)} | ${line}\n`),
    clock: createSystemClock(),
    policy: RESTART_POLICY,
    readyTimeoutMs: READY_TIMEOUT_MS,
  });
}

/** SIGINT and SIGTERM stop in order, once more a little later ends at once; SIGHUP has the node reload. */
function stopOnSignal(supervisor: Supervisor): void {
  const clock = createSystemClock();
  let firstMs: number | null = null;
  const stop = (): void => {
    const nowMs = clock.nowMs();
    if (firstMs === null) {
      firstMs = nowMs;
      void supervisor.stop();
    } else if (nowMs - firstMs > SAME_STOP_MS) {
      supervisor.kill();
    }
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  // A terminal that closes sends SIGHUP as well; without a terminal it is the usual request to reload.
  process.on('SIGHUP', () => {
    if (process.stdout.isTTY) stop();
    else supervisor.signalNodes('SIGHUP');
  });
}

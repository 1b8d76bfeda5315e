/** `secbeat node`: one mitigation node, until a signal or the terminate command ends it. */
import { Command } from 'commander';
import { readConfigFile } from '../config/config-file.ts';
import { formatFault } from '../config/fault.ts';
import type { LayerText } from '../config/layers.ts';
import { loadConfig } from '../config/load.ts';
import { locateConfig } from '../config/location.ts';
import type { Config } from '../config/schema.ts';
import { createSystemClock } from '../core/clock.ts';
import { fail, ok, type Result } from '../core/result.ts';
import { type RunningNode, startNode } from '../mitigation/main.ts';
import { CONFIG_FLAG, CONFIG_HELP, readConfiguration } from './configuration.ts';
import { EXIT_COULD_NOT_RUN, EXIT_DONE } from './exit-codes.ts';
import { createLogger } from './log-writer.ts';
import { readVersion } from './version.ts';

export function nodeCommand(): Command {
  return new Command('node')
    .description('run a mitigation node: TLS, limits, rules, and forwarding to the origin')
    .option(CONFIG_FLAG, CONFIG_HELP)
    .action(async (flags: { readonly config?: string }) => {
      const config = readConfiguration(flags.config);
      if (config !== null) await runNode(config, flags.config);
    });
}

async function runNode(config: Config, configOption: string | undefined): Promise<void> {
  const { level, json_format, file_path } = config.logging;
  const log = createLogger({ level, json: json_format, filePath: file_path ?? null, component: 'node' });
  const terminated = Promise.withResolvers<number>();
  let running: RunningNode | null = null;
  // From the first moment on: a signal during the start ends the node as soon as it has started.
  process.on('SIGHUP', () => {
    log.reopen();
    void running?.control.reload();
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (running === null) terminated.resolve(0);
      else running.control.terminate(signal, null);
    });
  }
  const started = await startNode({
    config,
    log,
    clock: createSystemClock(),
    version: readVersion(),
    readConfig: (layers) => readAgain(configOption, layers),
    onTerminate: (graceSeconds) => terminated.resolve(graceSeconds),
  });
  if (!started.ok) {
    for (const fault of started.fault) process.stderr.write(`secbeat node: ${fault}\n`);
    process.exit(EXIT_COULD_NOT_RUN);
  }
  running = started.value;
  await running.stop(await terminated.promise);
  await log.flush();
  // Worker threads and sockets of the runtime may linger; all that mattered has been stopped.
  process.exit(EXIT_DONE);
}

/** Reads the configuration again, with layers of the fleet over it. */
function readAgain(
  configOption: string | undefined,
  layers: readonly LayerText[],
): Result<Config, readonly string[]> {
  const location = locateConfig(configOption, process.env);
  const loaded = loadConfig({ ...location, env: process.env, readFile: readConfigFile, layers });
  return loaded.ok ? ok(loaded.value.config) : fail(loaded.fault.map(formatFault));
}

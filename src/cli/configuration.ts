/** How commands get their configuration: valid as a whole, or every fault on standard error and exit code 2. */
import { readConfigFile } from '../config/config-file.ts';
import { formatFault } from '../config/fault.ts';
import { loadConfig } from '../config/load.ts';
import { locateConfig } from '../config/location.ts';
import type { Config } from '../config/schema.ts';
import { EXIT_COULD_NOT_RUN } from './exit-codes.ts';

export const CONFIG_FLAG = '-c, --config <file>';
export const CONFIG_HELP = 'configuration file instead of SECBEAT_CONFIG or config/default.toml';

/** Loads the configuration; null once its faults are printed and the exit code is set. */
export function readConfiguration(option: string | undefined): Config | null {
  const loaded = loadConfig({
    ...locateConfig(option, process.env),
    env: process.env,
    readFile: readConfigFile,
  });
  if (loaded.ok) return loaded.value.config;
  for (const fault of loaded.fault) process.stderr.write(`${formatFault(fault)}\n`);
  process.exitCode = EXIT_COULD_NOT_RUN;
  return null;
}

/** `secbeat check`: says whether a configuration is valid, and if not, everything that is wrong with it. */
import { Command } from 'commander';
import { type ReadFile, readConfigFile } from '../config/config-file.ts';
import type { Environment } from '../config/environment.ts';
import { formatFault } from '../config/fault.ts';
import { type LoadedConfig, loadConfig } from '../config/load.ts';
import { DEFAULT_CONFIG_PATH, locateConfig } from '../config/location.ts';
import { maskSecrets } from '../config/mask.ts';
import { renderToml } from '../config/render/toml.ts';

export interface CheckRequest {
  /** The `--config` option. */
  readonly config?: string;
  /** Show the effective configuration. */
  readonly print?: boolean;
}

export interface CheckReport {
  /** 0 valid, 1 faults. */
  readonly exitCode: 0 | 1;
  /** For standard output. */
  readonly output: string;
  /** For standard error: faults and warnings, one a line. */
  readonly complaints: string;
}

/** The command for the program; faults and warnings go to standard error. */
export function checkCommand(): Command {
  return new Command('check')
    .description('check the configuration and list all its faults')
    .option('-c, --config <file>', 'the file to check instead of SECBEAT_CONFIG or config/default.toml')
    .option('--print', 'show the effective configuration as TOML, secrets masked')
    .action((request: CheckRequest) => {
      const report = checkConfig(request, process.env, readConfigFile);
      process.stdout.write(report.output);
      process.stderr.write(report.complaints);
      process.exitCode = report.exitCode;
    });
}

/** What the command says, without saying it. */
export function checkConfig(request: CheckRequest, env: Environment, readFile: ReadFile): CheckReport {
  const loaded = loadConfig({ ...locateConfig(request.config, env), env, readFile });
  if (!loaded.ok) {
    return {
      exitCode: 1,
      output: '',
      complaints: loaded.fault.map((fault) => `${formatFault(fault)}\n`).join(''),
    };
  }
  const complaints = loaded.value.warnings.map((warning) => `warning: ${formatFault(warning)}\n`).join('');
  const output = request.print === true ? printConfig(loaded.value) : `${describeValid(loaded.value)}\n`;
  return { exitCode: 0, output, complaints };
}

function describeValid({ file }: LoadedConfig): string {
  return file === null
    ? `${DEFAULT_CONFIG_PATH} does not exist; the built-in defaults are valid`
    : `${file} is valid`;
}

function printConfig(loaded: LoadedConfig): string {
  return `# ${describeValid(loaded)}\n\n${renderToml(maskSecrets(loaded.config))}`;
}

/**
 * `secbeat check`: says whether a configuration is valid, and if not, everything that is wrong with it. What a node would
 * compile is compiled as well, so that a rule file that is missing or broken is told here and not by the node.
 */
import { Command } from 'commander';
import { type ReadFile, readConfigFile } from '../config/config-file.ts';
import type { Environment } from '../config/environment.ts';
import { formatFault } from '../config/fault.ts';
import { type LoadedConfig, loadConfig } from '../config/load.ts';
import { DEFAULT_CONFIG_PATH, locateConfig } from '../config/location.ts';
import { maskSecrets } from '../config/mask.ts';
import { renderToml } from '../config/render/toml.ts';
import type { Config } from '../config/schema.ts';
import { compileSnapshot } from '../mitigation/compile-snapshot.ts';
import { missingQuic } from '../mitigation/http3/quic-runtime.ts';
import { namesForMade } from '../mitigation/made-certificate.ts';
import { diskRuleFiles } from '../waf/seclang/disk-rule-files.ts';
import type { RuleFiles } from '../waf/seclang/rule-files.ts';
import { describeSites } from './describe-sites.ts';

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
      const report = checkConfig(request, process.env, readConfigFile, diskRuleFiles);
      process.stdout.write(report.output);
      process.stderr.write(report.complaints);
      process.exitCode = report.exitCode;
    });
}

/** What the command says, without saying it. */
export function checkConfig(
  request: CheckRequest,
  env: Environment,
  readFile: ReadFile,
  ruleFiles: RuleFiles,
): CheckReport {
  const loaded = loadConfig({ ...locateConfig(request.config, env), env, readFile });
  if (!loaded.ok) {
    return {
      exitCode: 1,
      output: '',
      complaints: loaded.fault.map((fault) => `${formatFault(fault)}\n`).join(''),
    };
  }
  const { config, warnings } = loaded.value;
  const missing = missingQuic(config.http3.enabled);
  const complaints = [
    ...warnings.map(formatFault),
    ...(missing === null ? [] : [missing]),
    ...missingCertificate(config, readFile),
  ]
    .map((warning) => `warning: ${warning}\n`)
    .join('');
  const faults = compileFaults(config, ruleFiles);
  if (faults.length > 0) {
    return { exitCode: 1, output: '', complaints: complaints + faults.map((fault) => `${fault}\n`).join('') };
  }
  const output = request.print === true ? printConfig(loaded.value) : describe(loaded.value);
  return { exitCode: 0, output, complaints };
}

/** That a node would not start here for want of a certificate: a warning, as it may start somewhere else. */
function missingCertificate(config: Config, readFile: ReadFile): readonly string[] {
  const { tls } = config.network;
  const names = namesForMade(config);
  if (!tls.enabled || names.ok) return [];
  const cert = readFile(tls.cert_path);
  return cert.ok || cert.fault.kind !== 'missing' ? [] : [`network.tls: ${names.fault}`];
}

/** What a node would find wrong besides the configuration itself, such as in files that it names. */
function compileFaults(config: Config, ruleFiles: RuleFiles): readonly string[] {
  const snapshot = compileSnapshot(config, 0, 1, {
    ruleFiles,
    patternFacts: new Map(),
    keptFirewall: null,
    onUnexpected: () => undefined,
  });
  return snapshot.ok ? [] : snapshot.fault;
}

function describe(loaded: LoadedConfig): string {
  return `${describeValid(loaded)}\n${describeSites(loaded.config)}`;
}

function describeValid({ file }: LoadedConfig): string {
  return file === null
    ? `${DEFAULT_CONFIG_PATH} does not exist; the built-in defaults are valid`
    : `${file} is valid`;
}

function printConfig(loaded: LoadedConfig): string {
  return `# ${describeValid(loaded)}\n\n${renderToml(maskSecrets(loaded.config))}`;
}

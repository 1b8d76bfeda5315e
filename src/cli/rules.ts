/** `secbeat rules check PATH…`: loads rule files as a node would, lists what would run, and times it. */
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { Command } from 'commander';
import { compileProgram } from '../waf/engine/compile-program.ts';
import type { Program } from '../waf/engine/program.ts';
import type { RuleSummary } from '../waf/engine/rule-summary.ts';
import { diskRuleFiles } from '../waf/seclang/disk-rule-files.ts';
import { loadRules } from '../waf/seclang/load-rules.ts';
import { STANDARD_VOCABULARY } from '../waf/seclang/standard-vocabulary.ts';
import type { LoadFault } from '../waf/seclang/syntax.ts';
import { type TimedRequest, timeProgram } from './time-program.ts';

interface RulesFlags {
  readonly paranoia?: string;
  readonly list?: true;
}

export interface RulesReport {
  /** 0 sound, 1 faults. */
  readonly exitCode: 0 | 1;
  readonly output: string;
  /** For standard error: faults, one a line. */
  readonly complaints: string;
}

export function rulesCommand(): Command {
  const check = new Command('check')
    .description('load rule files, list what would run, and time it')
    .argument('<path...>', 'files, patterns such as "rules/*.conf", or the folder of a Core Rule Set')
    .option('--paranoia <level>', 'paranoia level of a Core Rule Set, 1 to 4, instead of its setup file')
    .option('--list', 'one line for each rule')
    .action((paths: readonly string[], flags: RulesFlags) => {
      const report = checkRules(paths, flags);
      process.stdout.write(report.output);
      process.stderr.write(report.complaints);
      process.exitCode = report.exitCode;
    });
  return new Command('rules').description('work with rules in SecLang').addCommand(check);
}

export function checkRules(paths: readonly string[], flags: RulesFlags): RulesReport {
  const level = flags.paranoia;
  if (level !== undefined && !/^[1-4]$/.test(level)) {
    return { exitCode: 1, output: '', complaints: `--paranoia takes a level from 1 to 4, not ${level}\n` };
  }
  const startMs = performance.now();
  const rules = loadRules(paths.flatMap(filesOf), STANDARD_VOCABULARY, diskRuleFiles);
  const loadedMs = performance.now();
  if (!rules.ok) return refuse(rules.fault);
  const program = compileProgram(rules.value, {
    readFile: (folder, name) => diskRuleFiles.readText(join(folder, name)),
    ...(level === undefined ? {} : { overlay: { variables: paranoiaVariables(level) } }),
  });
  const compiledMs = performance.now();
  if (!program.ok) return refuse(program.fault);
  const lines = [
    `Loaded in ${(loadedMs - startMs).toFixed(0)} ms, compiled in ${(compiledMs - loadedMs).toFixed(0)} ms.`,
    '',
    ...describeRules(program.value.rules),
    '',
    ...describeTimes(program.value),
    ...(flags.list === true ? ['', ...program.value.rules.map(listRule)] : []),
  ];
  return { exitCode: 0, output: `${lines.join('\n')}\n`, complaints: '' };
}

function refuse(faults: readonly LoadFault[]): RulesReport {
  const lines = faults.map(({ place, message }) => `${place.file}:${place.line}: ${message}\n`);
  return { exitCode: 1, output: '', complaints: lines.join('') };
}

/** A folder stands for the setup file and the rules in it. */
function filesOf(path: string): readonly string[] {
  if (!existsSync(path) || !statSync(path).isDirectory()) return [path];
  const setup = ['crs-setup.conf', 'crs-setup.conf.example'].map((name) => join(path, name)).find(existsSync);
  if (setup === undefined) return [join(path, '*.conf')];
  return [setup, join(path, 'rules', '*.conf')];
}

function paranoiaVariables(level: string): ReadonlyMap<string, string> {
  return new Map([
    ['blocking_paranoia_level', level],
    ['detection_paranoia_level', level],
  ]);
}

const PHASES = [1, 2, 3, 4, 5] as const;
const PHASE_TITLES: Readonly<Record<(typeof PHASES)[number], string>> = {
  1: 'request head',
  2: 'request body',
  3: 'answer head',
  4: 'answer body',
  5: 'log',
};

function describeRules(rules: readonly RuleSummary[]): readonly string[] {
  const count = (phase: number, fate: RuleSummary['fate']): number =>
    rules.filter((rule) => rule.phase === phase && rule.fate === fate).length;
  return [
    `${rules.length} rules. "runs": looked at for requests; "done": decided while loading; "never": cannot apply here.`,
    '',
    'phase              runs   done  never',
    ...PHASES.map((phase) => {
      const counts = [count(phase, 'live'), count(phase, 'folded'), count(phase, 'dead')];
      const cells = counts.map((number) => String(number).padStart(7)).join('');
      return `${phase} ${PHASE_TITLES[phase].padEnd(14)}${cells}`;
    }),
  ];
}

function describeTimes(program: Program): readonly string[] {
  const rows = timeProgram(program).map(({ title, freshMicros, repeatedMicros }: TimedRequest) => {
    const cells = [freshMicros, repeatedMicros].map((micros) => micros.toFixed(1).padStart(10)).join('');
    return `${title.padEnd(34)}${cells}`;
  });
  return ['us for one request                 new values  repeated', ...rows];
}

function listRule({ id, phase, paranoia, message, file, line, fate }: RuleSummary): string {
  const level = paranoia === null ? ' -' : `${paranoia}`.padStart(2);
  return `${FATES[fate].padEnd(6)} phase ${phase}  level ${level}  ${id}  ${message}  (${file}:${line})`;
}

const FATES: Readonly<Record<RuleSummary['fate'], string>> = { live: 'runs', folded: 'done', dead: 'never' };

/**
 * Measures how the rule engine agrees with the rule language's own tests: `npm run conformance -- [--every N] [runs]`
 *
 *   ids      the regression suite of the Core Rule Set, in process: which rules are logged
 *   answers  the same requests with blocking on, at paranoia level 1: what is refused
 *   screen   the same requests, with and without the screen in front of the rules: no difference is allowed
 *   tcp      as `ids`, through a real node
 *   vectors  operators and transformations, one by one
 *
 * Without a name all runs. `--every 10` takes only each tenth regression test. Data is read from the folder that
 * SECBEAT_SHARED names. Exit code 0: nothing failed that is not an override; 1: something did; 2: it could not run.
 */
import { parseArgs } from 'node:util';
import { ok, type Result } from '../../src/core/result.ts';
import { findShared } from '../support/shared-data.ts';
import { pointsByRule } from './blocking.ts';
import { buildRequest } from './build-request.ts';
import { startEngine } from './engine.ts';
import { type RunSource, sendInProcess } from './in-process.ts';
import { TcpSuite } from './over-tcp.ts';
import { type RegressionTest, readRegressionSuite } from './regression-suite.ts';
import { formatRun, formatVectors, isClean } from './report.ts';
import { type RunReport, runByAnswers, runByIds, runForAgreement } from './suite-run.ts';
import { runVectors } from './vectors.ts';

const RUNS = ['ids', 'answers', 'screen', 'tcp', 'vectors'];

process.exitCode = await main();

async function main(): Promise<number> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { every: { type: 'string', default: '1' } },
  });
  const every = Number(values.every);
  if (!Number.isSafeInteger(every) || every < 1) return stop('--every takes a whole number above 0.');
  const runs = positionals.length === 0 ? RUNS : positionals;
  const unknown = runs.find((name) => !RUNS.includes(name));
  if (unknown !== undefined) return stop(`There is no run "${unknown}"; there are: ${RUNS.join(', ')}.`);
  const vectors = findShared('data/seclang-vectors');
  const folder = findShared('data/crs');
  if (folder === null || vectors === null) {
    return stop('No data/crs and data/seclang-vectors below the folder that SECBEAT_SHARED names.');
  }
  let clean = true;
  if (runs.includes('vectors')) {
    const report = runVectors(vectors);
    print(formatVectors(report));
    clean = report.failed.length === 0;
  }
  const suites = runs.filter((name) => name !== 'vectors');
  return suites.length === 0 ? exitCode(clean) : await runSuites(folder, suites, every, clean);
}

async function runSuites(
  folder: string,
  runs: readonly string[],
  every: number,
  cleanBefore: boolean,
): Promise<number> {
  const suite = readRegressionSuite(`${folder}/tests/regression/tests`);
  const tests = suite.filter((_, index) => index % every === 0);
  const detecting = startEngine(folder, 'detect', true);
  if (!detecting.ok) return stop(detecting.fault);
  let clean = cleanBefore;
  for (const name of runs) {
    const report = await runSuite(name, tests, folder, detecting.value.source);
    if (!report.ok) return stop(report.fault);
    print(formatRun(name, report.value));
    clean &&= isClean(report.value);
  }
  return exitCode(clean);
}

async function runSuite(
  name: string,
  tests: readonly RegressionTest[],
  folder: string,
  detecting: RunSource,
): Promise<Result<RunReport, string>> {
  if (name === 'tcp') return ok(await runOverTcp(tests, folder));
  if (name === 'ids') {
    return ok(await runByIds(tests, (stage, id) => sendInProcess(buildRequest(stage.input), id, detecting)));
  }
  const other = name === 'screen' ? startEngine(folder, 'detect', false) : startEngine(folder, 'block', true);
  if (!other.ok) return other;
  const { source, rules } = other.value;
  if (name === 'screen') return ok(await runForAgreement(tests, detecting, source));
  return ok(await runByAnswers(tests, source, detecting, pointsByRule(rules)));
}

async function runOverTcp(tests: readonly RegressionTest[], folder: string): Promise<RunReport> {
  const suite = await TcpSuite.start(folder);
  try {
    await runByIds(tests, async (stage, name) => {
      await suite.send(stage, name);
      return suite.outcome(name);
    });
    await suite.settle();
    return await runByIds(tests, (_, name) => suite.outcome(name));
  } finally {
    await suite.close();
  }
}

function print(lines: readonly string[]): void {
  console.log(lines.join('\n'));
}

function exitCode(clean: boolean): number {
  return clean ? 0 : 1;
}

function stop(message: string): number {
  console.error(message);
  return 2;
}

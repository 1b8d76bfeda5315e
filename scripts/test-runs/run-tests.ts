/**
 * Runs one group of test files on one runtime and reads the totals from the report that the runner writes.
 *
 * A run that ends badly without a failed test in its report (a crash, a file that does not load, an error after
 * the last test, the time limit) counts as one failure, so that nothing passes by not being counted.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseJunit, type SkippedTest } from './junit.ts';
import { runProcess } from './process.ts';
import type { TestRun } from './suites.ts';

export interface TestOutcome {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: readonly SkippedTest[];
  readonly seconds: number;
  /** What the runner printed. */
  readonly output: string;
}

/** The limit of a single test, unless the test sets its own. */
const TEST_TIMEOUT_MS = 60_000;
const RUN_TIMEOUT_MS = 15 * 60_000;

export async function runTests(root: string, run: TestRun): Promise<TestOutcome> {
  const folder = mkdtempSync(join(tmpdir(), 'secbeat-test-'));
  const reportPath = join(folder, 'report.xml');
  const { code, timedOut, output, seconds } = await runProcess({
    command: run.runtime.path,
    args: run.runtime.name === 'bun' ? bunArguments(run, reportPath) : nodeArguments(run, reportPath),
    cwd: root,
    timeoutMs: RUN_TIMEOUT_MS,
  });
  const report = parseJunit(readReport(reportPath));
  rmSync(folder, { recursive: true, force: true });
  const uncounted = code !== 0 && report.failed === 0 ? 1 : 0;
  return {
    passed: report.passed,
    failed: report.failed + uncounted,
    skipped: report.skipped.map((test) => withReason(root, test)),
    seconds,
    output: timedOut ? `${output}\nended after ${RUN_TIMEOUT_MS / 60_000} minutes\n` : output,
  };
}

function bunArguments(run: TestRun, reportPath: string): string[] {
  return [
    'test',
    `--parallel=${run.parallel}`,
    '--only-failures',
    `--timeout=${TEST_TIMEOUT_MS}`,
    '--reporter=junit',
    `--reporter-outfile=${reportPath}`,
    ...run.files.map((path) => `./${path}`),
  ];
}

function nodeArguments(run: TestRun, reportPath: string): string[] {
  return [
    '--test',
    '--disable-warning=ExperimentalWarning',
    `--test-concurrency=${run.parallel}`,
    `--test-timeout=${TEST_TIMEOUT_MS}`,
    '--test-reporter=junit',
    `--test-reporter-destination=${reportPath}`,
    '--test-reporter=dot',
    '--test-reporter-destination=stdout',
    ...run.files,
  ];
}

function readReport(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // The runner ended before it wrote one; its exit code says so.
    return '';
  }
}

/** Bun's report leaves out why a test was skipped; then the reason is looked up where the test stands. */
function withReason(root: string, test: SkippedTest): SkippedTest {
  if (test.reason !== '' || test.line === 0) return test;
  const lines = readFileSync(join(root, test.file), 'utf8').split('\n');
  const near = lines.slice(test.line - 1, test.line + 11).join('\n');
  const reason = /\bskip\b[^'"`\n]*['"`]([^'"`\n]+)/.exec(near)?.[1] ?? '';
  return { ...test, reason };
}

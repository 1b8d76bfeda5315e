/**
 * Runs the tests: all of them on Bun, the end-to-end tests on Node.js too. `npm test -- [options] [part of path …]`
 *
 *   --everywhere   the unit and property tests on Node.js too
 *
 * SECBEAT_RUNTIME=bun or =node keeps to one runtime. The last line is always `N passed, N failed`. Skipped tests
 * are listed with their reasons; where CI=true they count as failed, because a check that silently left something
 * out proves nothing. Tests on data of others, which is no part of the project, are left out where it is not there.
 */
import { relative } from 'node:path';
import { parseArgs } from 'node:util';
import { asNode, findBun, findNode, ROOT, type Runtime, testNodePath } from './runtime.mjs';
import type { SkippedTest } from './test-runs/junit.ts';
import { runTests, type TestOutcome } from './test-runs/run-tests.ts';
import { listTests, planRuns, type TestRun } from './test-runs/suites.ts';

interface Totals {
  passed: number;
  failed: number;
  readonly skipped: string[];
  readonly withoutData: string[];
}

const LINE_CHARACTERS_MAX = 500;
/** Names the folder with data of others; a test that lacks it names it in its reason. */
const DATA_VARIABLE = 'SECBEAT_SHARED';

const { values: options, positionals: filters } = parseArgs({
  allowPositionals: true,
  options: { everywhere: { type: 'boolean', default: false } },
});
process.exitCode = await main();

async function main(): Promise<number> {
  const only = process.env.SECBEAT_RUNTIME ?? '';
  const bun = only === 'node' ? null : findBun();
  const node = only === 'bun' ? null : (asNode(testNodePath()) ?? findNode());
  const runs = planRuns(listTests(ROOT), { bun, node, everywhere: options.everywhere, filters });
  if (runs.length === 0) {
    console.error('No test file matches.');
    return 2;
  }
  const totals: Totals = {
    passed: 0,
    failed: 0,
    skipped: missingRuntimes(only, bun, node),
    withoutData: [],
  };
  for (const run of runs) addRun(totals, run, await runTests(ROOT, run));
  return report(totals);
}

function missingRuntimes(only: string, bun: Runtime | null, node: Runtime | null): string[] {
  const missing: string[] = [];
  if (bun === null && only !== 'node') missing.push('everything on Bun: the pinned Bun is not installed');
  if (node === null && only !== 'bun') {
    missing.push('everything on Node.js: it is not installed, or does not start (it needs libatomic1)');
  }
  return missing;
}

function addRun(totals: Totals, run: TestRun, outcome: TestOutcome): void {
  const counts = [
    `${outcome.passed} passed`,
    `${outcome.failed} failed`,
    `${outcome.skipped.length} skipped`,
    `${outcome.seconds.toFixed(1)} s`,
  ];
  if (outcome.failed > 0) console.log(shortenLines(outcome.output.trimEnd()));
  const name = `${run.runtime.name} ${run.runtime.version}`;
  console.log([name.padEnd(13), run.title.padEnd(18), ...counts.map((text) => text.padStart(12))].join(' '));
  totals.passed += outcome.passed;
  totals.failed += outcome.failed;
  for (const test of outcome.skipped) {
    const list = test.reason.includes(DATA_VARIABLE) ? totals.withoutData : totals.skipped;
    list.push(`${describeSkipped(test)} (${name})`);
  }
}

/** A comparison of two long texts prints each of them in one line, which nobody reads. */
function shortenLines(text: string): string {
  return text
    .split('\n')
    .map((line) => (line.length > LINE_CHARACTERS_MAX ? `${line.slice(0, LINE_CHARACTERS_MAX)} ...` : line))
    .join('\n');
}

function list(title: string, lines: readonly string[]): void {
  if (lines.length === 0) return;
  console.log(`${lines.length} ${title}:`);
  for (const line of lines) console.log(`  ${line}`);
}

function describeSkipped(test: SkippedTest): string {
  const file = test.file.startsWith('/') ? relative(ROOT, test.file) : test.file;
  return `${file}: ${test.title}: ${test.reason === '' ? 'no reason given' : test.reason}`;
}

function report(totals: Totals): number {
  const strict = process.env.CI === 'true';
  list('left out, for want of data of others', totals.withoutData);
  list(`skipped${strict ? ', which fails here because CI=true' : ''}`, totals.skipped);
  const failed = totals.failed + (strict ? totals.skipped.length : 0);
  console.log(`${totals.passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

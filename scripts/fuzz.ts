/**
 * Runs the property tests for longer than the usual check does: `npm run fuzz -- --minutes 10 [part of path …]`
 *
 * Takes the files in turn, round after round, each time with new random seeds and with SECBEAT_FUZZ_RUNS examples
 * per property, until the time is over. Stops at the first failure and prints it; fast-check's message holds the
 * seed and the path that repeat it.
 */
import { parseArgs } from 'node:util';
import { findRuntime, ROOT, type Runtime } from './runtime.mjs';
import { runProcess } from './test-runs/process.ts';
import { listTests } from './test-runs/suites.ts';

/** Examples per property and round where SECBEAT_FUZZ_RUNS does not say otherwise. */
const RUNS_PER_ROUND = 5000;

const { values: options, positionals: filters } = parseArgs({
  allowPositionals: true,
  options: { minutes: { type: 'string', default: '5' } },
});
process.exitCode = await main();

async function main(): Promise<number> {
  const minutes = Number(options.minutes);
  const runtime = findRuntime();
  const files = listTests(ROOT)
    .filter((path) => path.endsWith('.prop.test.ts'))
    .filter((path) => filters.length === 0 || filters.some((part) => path.includes(part)));
  if (!(minutes > 0)) return refuse('--minutes takes a number above 0');
  if (!runtime.ok) return refuse(runtime.fault);
  if (files.length === 0) return refuse('no property test matches');
  return fuzz(files, runtime.value, performance.now() + minutes * 60_000);
}

async function fuzz(files: readonly string[], runtime: Runtime, deadlineMs: number): Promise<number> {
  for (let round = 1; ; round += 1) {
    for (const file of files) {
      const outcome = await runProcess({
        command: runtime.path,
        args: runtime.name === 'bun' ? ['test', '--timeout=3600000', `./${file}`] : ['--test', file],
        cwd: ROOT,
        timeoutMs: Math.max(1, deadlineMs - performance.now()),
        env: { SECBEAT_FUZZ_RUNS: process.env.SECBEAT_FUZZ_RUNS ?? String(RUNS_PER_ROUND) },
      });
      if (outcome.timedOut) {
        // The end of the time ends a search, it does not fail it.
        console.log(`no failure in ${round - 1} whole rounds; stopped in round ${round} at ${file}`);
        return 0;
      }
      if (outcome.code !== 0) {
        console.log(`${outcome.output.trimEnd()}\n${file} failed in round ${round}`);
        return 1;
      }
    }
    console.log(`round ${round}: ${files.length} files without a failure`);
  }
}

function refuse(message: string): number {
  console.error(message);
  return 2;
}

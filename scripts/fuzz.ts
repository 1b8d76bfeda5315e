/**
 * Runs the fuzzers, and the property tests for longer than the usual check does: `npm run fuzz -- --minutes 10 [part
 * of path …]`
 *
 * Takes the files in turn, round after round, each time with new random seeds: a fuzzer for a tenth of the whole time,
 * a property test with SECBEAT_FUZZ_RUNS examples per property. Stops when the time is over, or at the first failure
 * and prints it; the message holds what repeats it.
 */
import { parseArgs } from 'node:util';
import { listFiles } from './files.ts';
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
  const fuzzers = listFiles(ROOT, 'tests/fuzz', (path) => path.endsWith('.fuzz.ts'));
  const properties = listTests(ROOT).filter((path) => path.endsWith('.prop.test.ts'));
  const files = [...fuzzers, ...properties].filter(
    (path) => filters.length === 0 || filters.some((part) => path.includes(part)),
  );
  if (!(minutes > 0)) return refuse('--minutes takes a number above 0');
  if (!runtime.ok) return refuse(runtime.fault);
  if (files.length === 0) return refuse('no fuzzer and no property test matches');
  return fuzz(files, runtime.value, minutes);
}

async function fuzz(files: readonly string[], runtime: Runtime, minutes: number): Promise<number> {
  const deadlineMs = performance.now() + minutes * 60_000;
  for (let round = 1; ; round += 1) {
    for (const file of files) {
      const outcome = await runProcess({
        command: runtime.path,
        args: argumentsFor(file, runtime),
        cwd: ROOT,
        timeoutMs: Math.max(1, deadlineMs - performance.now()),
        env: {
          SECBEAT_FUZZ_RUNS: process.env.SECBEAT_FUZZ_RUNS ?? String(RUNS_PER_ROUND),
          SECBEAT_FUZZ_MINUTES: String(minutes / 10),
        },
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

function argumentsFor(file: string, runtime: Runtime): string[] {
  if (file.endsWith('.fuzz.ts')) return [...runtime.args, file];
  return runtime.name === 'bun' ? ['test', '--timeout=3600000', `./${file}`] : ['--test', file];
}

function refuse(message: string): number {
  console.error(message);
  return 2;
}

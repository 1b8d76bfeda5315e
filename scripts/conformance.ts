/**
 * Measures how the rule engine agrees with the rule language's own tests: `npm run conformance -- [ids] [answers]
 * [tcp] [vectors]`. What each of them does stands in tests/conformance/conformance.ts; this script starts it on the
 * pinned runtime and hands its output and exit code through.
 */
import { findRuntime, ROOT } from './runtime.mjs';
import { runProcess } from './test-runs/process.ts';

const PROGRAM = 'tests/conformance/conformance.ts';
const TIMEOUT_MS = 30 * 60_000;

process.exitCode = await main();

async function main(): Promise<number> {
  const runtime = findRuntime();
  if (!runtime.ok) {
    console.error(runtime.fault);
    return 2;
  }
  const { code, output, timedOut } = await runProcess({
    command: runtime.value.path,
    args: [...runtime.value.args, PROGRAM, ...process.argv.slice(2)],
    cwd: ROOT,
    timeoutMs: TIMEOUT_MS,
  });
  console.log(output.trimEnd());
  if (timedOut) console.error(`Not over after ${TIMEOUT_MS / 60_000} minutes.`);
  return code === -1 ? 2 : code;
}

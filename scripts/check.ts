/**
 * Everything a change has to pass, in the order of what fails fastest: format and lint, types, house rules, the
 * freshness of generated documents, tests. `npm run check -- [--no-tests]`
 *
 * Each step prints its time. All steps run even after one has failed, so that one run tells everything.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT } from './runtime.mjs';

interface Step {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
}

const STEP_TIMEOUT_MS = 20 * 60_000;

const { values: options } = parseArgs({ options: { 'no-tests': { type: 'boolean', default: false } } });

const steps: readonly Step[] = [
  { name: 'format and lint', command: tool('biome'), args: ['check', '--error-on-warnings', '.'] },
  { name: 'types', command: tool('tsc'), args: ['--noEmit'] },
  { name: 'house rules', command: process.execPath, args: ['scripts/tidy.ts'] },
  { name: 'documents', command: process.execPath, args: ['scripts/docs.ts', '--check'] },
];
const tests: Step = { name: 'tests', command: process.execPath, args: ['scripts/test.ts'] };

const failed = [...steps, ...(options['no-tests'] ? [] : [tests])].filter((step) => !runStep(step));
if (failed.length > 0) console.error(`failed: ${failed.map((step) => step.name).join(', ')}`);
process.exitCode = failed.length === 0 ? 0 : 1;

function runStep({ name, command, args }: Step): boolean {
  const started = performance.now();
  const run = spawnSync(command, args, { cwd: ROOT, stdio: 'inherit', timeout: STEP_TIMEOUT_MS });
  if (run.error !== undefined) console.error(`${name}: ${run.error.message}`);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${run.status === 0 ? 'ok    ' : 'FAILED'} ${name.padEnd(16)} ${seconds.padStart(6)} s`);
  return run.status === 0;
}

/** A development tool; npm puts their commands into one folder. */
function tool(name: string): string {
  return join(ROOT, 'node_modules', '.bin', name);
}

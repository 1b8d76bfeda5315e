/**
 * Tries a node under attack and under faults, for long: `npm run trials -- attacks|faults|tags|soak [options]`
 *
 *   attacks  every flood, with a bystander who must not notice
 *   faults   reloads, other certificates, ill origins, dying threads, no files left, under steady load
 *   tags     a million requests, each of which must get its own answer
 *   soak     everything at once, for --minutes: memory and files must not grow
 *
 * `--only NAMES` takes the rows whose names begin with one of them, separated by commas; `--minutes N` is the time for
 * all of them together; `--requests N` is for tags; `--runtime bun|node` is what the node runs on, the helpers run on
 * what runs this; `--json FILE` writes the report as JSON too. Exit code 0: all goals were met; 1: one was not; 2: it
 * could not run. docs/robustness.md says what each trial does and wants.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { runAttacks } from './attacks/attack-trial.ts';
import { runFaults } from './faults/fault-trial.ts';
import { findNodeRuntime } from './node-runtime.ts';
import { formatReport, isMet, type TrialRow } from './report.ts';
import { runSoak } from './soak/soak-trial.ts';
import { runTags } from './tags/tag-trial.ts';
import type { Trial } from './trial.ts';

const TRIALS: Readonly<Record<string, Trial>> = {
  attacks: runAttacks,
  faults: runFaults,
  tags: runTags,
  soak: runSoak,
};

// An exit that is told to come ends the node as well, see the arena.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(2));
process.exitCode = await main();

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      only: { type: 'string', default: '' },
      minutes: { type: 'string' },
      requests: { type: 'string', default: '1000000' },
      runtime: { type: 'string', default: 'bun' },
      json: { type: 'string' },
    },
  });
  const trial = TRIALS[positionals[0] ?? ''];
  if (trial === undefined || positionals.length !== 1) {
    return stop(`Name one trial: ${Object.keys(TRIALS).join(', ')}.`);
  }
  const minutes = values.minutes === undefined ? null : Number(values.minutes);
  if (minutes !== null && !(minutes > 0)) return stop('--minutes takes a number above 0.');
  const requests = Number(values.requests);
  if (!(Number.isSafeInteger(requests) && requests > 0))
    return stop('--requests takes a whole number above 0.');
  if (values.runtime !== 'bun' && values.runtime !== 'node') return stop('--runtime takes bun or node.');
  const runtime = findNodeRuntime(values.runtime);
  if (!runtime.ok) return stop(runtime.fault);
  const report = await trial({
    runtime: runtime.value,
    chosen: values.only.split(',').filter((name) => name !== ''),
    minutes,
    requests,
    onRow: announce,
  });
  if (report.rows.length === 0) return stop(`No row begins with ${values.only}.`);
  console.log(formatReport(report).join('\n'));
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(report, null, 2)}\n`);
  return isMet(report) ? 0 : 1;
}

/** Progress, apart from the report. */
function announce({ name, misses, skipped }: TrialRow): void {
  const outcome = skipped ?? (misses.length === 0 ? 'met' : misses.join('; '));
  console.error(`${name}: ${outcome}`);
}

function stop(message: string): number {
  console.error(message);
  return 2;
}

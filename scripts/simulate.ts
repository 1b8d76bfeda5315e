/**
 * Runs simulated fleets, one after another: `npm run simulate -- [--seeds 1000] [--from 1]`, or one of them with all that
 * happens in it: `npm run simulate -- --seed 17 --trace`
 *
 * Ends with 1 as soon as a seed fails, and prints what repeats it.
 */
import { parseArgs } from 'node:util';
import { describeFailure } from '../tests/simulation/failure.ts';
import { runSeed, type SeedOutcome } from '../tests/simulation/run-seed.ts';

const REPORT_EVERY = 100;

const { values: options } = parseArgs({
  options: {
    seeds: { type: 'string', default: '50' },
    from: { type: 'string', default: '1' },
    seed: { type: 'string' },
    trace: { type: 'boolean', default: false },
  },
});
process.exitCode = await main();

async function main(): Promise<number> {
  const first = Number(options.seed ?? options.from);
  const count = options.seed === undefined ? Number(options.seeds) : 1;
  if (!Number.isSafeInteger(first) || !Number.isSafeInteger(count) || first < 0 || count < 1) {
    console.error('--seeds, --from and --seed take whole numbers');
    return 2;
  }
  const totals = new Map<string, number>();
  let slowestMs = 0;
  for (let seed = first; seed < first + count; seed++) {
    const outcome = await runSeed({ seed, ...(options.trace ? { print: console.log } : {}) });
    if (outcome.violations.length > 0) {
      console.log(describeFailure(outcome));
      return 1;
    }
    addTo(totals, outcome);
    slowestMs = Math.max(slowestMs, outcome.agreedAfterMs);
    if ((seed - first + 1) % REPORT_EVERY === 0) console.log(`${seed - first + 1} seeds hold`);
    if (options.seed !== undefined) console.log(`seed ${seed} holds (trace ${outcome.digest})`);
  }
  if (options.seed === undefined) printTotals(count, slowestMs, totals);
  return 0;
}

function addTo(totals: Map<string, number>, { counts }: SeedOutcome): void {
  for (const [what, times] of counts) totals.set(what, (totals.get(what) ?? 0) + times);
}

function printTotals(count: number, slowestMs: number, totals: ReadonlyMap<string, number>): void {
  console.log(`${count} of ${count} hold; all agreed again after ${slowestMs / 1000} s at most`);
  for (const [what, times] of [...totals].toSorted(([, one], [, other]) => other - one)) {
    console.log(`${String(times).padStart(8)}  ${what}`);
  }
}

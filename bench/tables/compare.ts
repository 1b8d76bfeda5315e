/** The rows about tables of a million entries. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { fail, ok, type Result } from '../../src/core/result.ts';
import type { CollectOptions } from '../load/collect.ts';
import type { Row } from '../load/report.ts';

type Figures = Readonly<Record<string, number>>;

const TIMEOUT_MS = 120_000;

const LIST = '1,000,000 prefixes';
const CLIENTS = '1,000,000 clients';

const ROWS: readonly (readonly [scenario: string, measure: string, figure: string, max: number | null])[] = [
  [LIST, 'load ms', 'loadMilliseconds', 2000],
  [LIST, 'bytes each', 'bytesEach', 40],
  [LIST, 'look-up ns', 'lookUpNanoseconds', 200],
  [CLIENTS, 'table MB', 'clientsMegabytes', 64],
  [CLIENTS, 'ns a request', 'manyClientsNanoseconds', null],
  ['1,000 clients', 'ns a request', 'fewClientsNanoseconds', null],
];

/** Each round in a process of its own, on the core that programs are measured on. */
export function collectTables(options: CollectOptions): Row[] {
  const figures: Figures[] = [];
  for (let round = 1; round <= options.rounds && !options.isTimeUp(); round += 1) {
    options.say(`tables of a million entries: round ${round} of ${options.rounds}`);
    const outcome = measureTables(options);
    if (outcome.ok) figures.push(outcome.value);
    else options.say(outcome.fault);
  }
  return ROWS.map(([scenario, measure, figure, max]) => ({
    scenario,
    measure,
    values: new Map([['node', figures.map((one) => one[figure] ?? Number.NaN)]]),
    goal: max === null ? null : { kind: 'value', max },
    digits: 1,
  }));
}

function measureTables({ arena }: CollectOptions): Result<Figures, string> {
  const { cores, runtime } = arena.options;
  const script = fileURLToPath(new URL('./figures.ts', import.meta.url));
  const args = ['-c', String(cores.proxy), runtime.path, ...runtime.args, script];
  const run = spawnSync('taskset', args, { encoding: 'utf8', timeout: TIMEOUT_MS });
  if (run.status !== 0) return fail(`the tables were not measured: ${run.stderr}`);
  return ok(JSON.parse(run.stdout) as Figures);
}

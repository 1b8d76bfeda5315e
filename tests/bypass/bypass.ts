/**
 * Tries to get the attacks of the Core Rule Set's regression suite past the firewall, re-encoded:
 *
 *   npm run bypass -- [mutations] [identity] [tcp] [options]
 *
 *   mutations  every mutation of every attack that is blocked in its plain form, by the built-in rules and by the Core
 *              Rule Set at paranoia level 1; what gets through needs a reason (reasons.ts)
 *   identity   the program with and without the screen in front of its rules, over labelled traffic and over damaged
 *              requests: no difference is allowed
 *   tcp        a sample of the mutations against a real node: the same answers as in process
 *
 * Without a name the first two. Options: `--every 10` takes each tenth test, `--rows 1` every row of the traffic
 * instead of each fiftieth, `--seed 7` and `--requests 10000` are for the damaged requests, `--rules crs` leaves the
 * built-in rules out, `--only json-` tries the mutations whose names begin so, `--losses FILE` writes what got through.
 * Data is read from the folder that SECBEAT_SHARED names. Exit code 0: nothing got through without a reason and nothing
 * differed; 1: something did; 2: it could not run.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { type LabelledRequest, loadTraffic } from '../accuracy/traffic.ts';
import { startEngine } from '../conformance/engine.ts';
import { readRegressionSuite } from '../conformance/regression-suite.ts';
import { suiteRequests, trafficRequests } from '../fuzz/waf-requests.ts';
import { findShared } from '../support/shared-data.ts';
import type { Attack } from './attack.ts';
import { evaluate, findBaseline, type Row } from './evaluation.ts';
import { compare, fromFuzz, fromTraffic, type IdentityReport } from './identity.ts';
import { createJudge, type Judge, type RuleSetName } from './judge.ts';
import { MUTATIONS } from './mutations.ts';
import {
  baselineLine,
  bypassesOf,
  bypassLines,
  identityLines,
  lossRecords,
  reasonLines,
  table,
} from './report.ts';
import { toOctets } from './request.ts';
import { suiteAttacks } from './suite-attacks.ts';
import { sendAll } from './tcp.ts';

const RUNS = ['mutations', 'identity', 'tcp'];
const USUAL_RUNS = ['mutations', 'identity'];
const EXAMPLES = 6;
/** Of each source, one request in so many is damaged. */
const SUITE_EVERY = 3;
const ATTACKS_EVERY = 20;
const HONEST_EVERY = 40;
/** Over TCP, of all mutated attacks one in so many. */
const TCP_EVERY = 97;

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    every: { type: 'string', default: '1' },
    rows: { type: 'string', default: '50' },
    seed: { type: 'string', default: '1' },
    requests: { type: 'string', default: '3000' },
    rules: { type: 'string' },
    only: { type: 'string', default: '' },
    losses: { type: 'string' },
  },
});
const [every, rows, seed, requests] = [options.every, options.rows, options.seed, options.requests].map(
  Number,
);

process.exitCode = await main();

async function main(): Promise<number> {
  const runs = positionals.length === 0 ? USUAL_RUNS : positionals;
  const unknown = runs.find((name) => !RUNS.includes(name));
  if (unknown !== undefined) return stop(`There is no run "${unknown}"; there are: ${RUNS.join(', ')}.`);
  if (![every, rows, requests, seed].every((value) => Number.isSafeInteger(value) && (value ?? 0) > 0))
    return stop('--every, --rows, --requests and --seed take whole numbers above 0.');
  const folder = findShared('data/crs');
  if (folder === null) return stop('No data/crs below the folder that SECBEAT_SHARED names.');
  let clean = true;
  if (runs.includes('mutations')) clean = tryMutations(folder) && clean;
  if (runs.includes('identity')) clean = compareScreens(folder) && clean;
  if (runs.includes('tcp')) clean = (await tryOverTcp(folder)) && clean;
  return clean ? 0 : 1;
}

interface Opponent {
  readonly rules: RuleSetName;
  readonly judge: Judge;
  readonly attacks: readonly Attack[];
}

/** The rule sets, each with the attacks that it blocks in their plain form. */
function* opponents(folder: string): Generator<Opponent> {
  const suite = readRegressionSuite(`${folder}/tests/regression/tests`);
  const tests = suiteAttacks(suite).filter((_, index) => index % (every ?? 1) === 0);
  for (const rules of ['builtin', 'crs'] as const) {
    if (options.rules !== undefined && options.rules !== rules) continue;
    const judge = createJudge(rules === 'crs' ? folder : null);
    const baseline = findBaseline(rules, tests, judge);
    print([baselineLine(rules, baseline)]);
    yield { rules, judge, attacks: baseline.attacks };
  }
}

/** Whether nothing got through without a reason. */
function tryMutations(folder: string): boolean {
  const mutations = MUTATIONS.filter(({ name }) => name.startsWith(options.only));
  const found: Row[] = [];
  for (const { rules, judge, attacks } of opponents(folder)) {
    found.push(...evaluate(rules, attacks, mutations, judge));
  }
  if (options.losses !== undefined) writeFileSync(options.losses, `${lossRecords(found).join('\n')}\n`);
  const bypasses = found.reduce((sum, row) => sum + bypassesOf(row).length, 0);
  print([...table(found), 'reasons:', ...reasonLines(found)]);
  print([`${bypasses} got through without a reason`, ...bypassLines(found, EXAMPLES)]);
  return bypasses === 0;
}

/** Whether the screen changes nothing. */
function compareScreens(folder: string): boolean {
  const traffic = findShared('data/traffic');
  const others = [
    ...suiteRequests(SUITE_EVERY),
    ...trafficRequests('malicious', ATTACKS_EVERY),
    ...trafficRequests('legitimate', HONEST_EVERY),
  ];
  let clean = true;
  for (const mode of ['detect', 'block'] as const) {
    const [screened, unscreened] = [startEngine(folder, mode, true), startEngine(folder, mode, false)];
    if (!screened.ok || !unscreened.ok) throw new TypeError('The Core Rule Set does not compile.');
    const run = (title: string, source: Parameters<typeof compare>[0]): void => {
      const report: IdentityReport = compare(source, screened.value.source, unscreened.value.source);
      print(identityLines(`identity, ${mode}, ${title}`, report));
      clean &&= report.differences.length === 0;
    };
    run(`seed ${seed}`, fromFuzz(seed ?? 1, requests ?? 1, others));
    for (const label of traffic === null ? [] : (['malicious', 'legitimate'] as const)) {
      const loaded: readonly LabelledRequest[] = loadTraffic(traffic ?? '', label);
      run(label, fromTraffic(loaded, rows ?? 1));
    }
  }
  return clean;
}

/** Whether a node answers as the rules say in process. */
async function tryOverTcp(folder: string): Promise<boolean> {
  let clean = true;
  for (const { rules, judge, attacks } of opponents(folder)) {
    const mutated = MUTATIONS.flatMap((mutation) => attacks.map((attack) => mutation.apply(attack)));
    const sample = mutated
      .filter((request) => request !== null)
      .filter((_, index) => index % TCP_EVERY === 0);
    const report = await sendAll(sample.map(toOctets), rules === 'crs' ? folder : null, judge);
    print([`tcp, ${rules}: ${report.sent} sent, ${report.differences.length} differ`, ...report.differences]);
    clean &&= report.differences.length === 0;
  }
  return clean;
}

function print(lines: readonly string[]): void {
  console.log(lines.join('\n'));
}

function stop(message: string): number {
  console.error(message);
  return 2;
}

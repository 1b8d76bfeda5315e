/**
 * Measures the built-in rules on labelled traffic, in process: what share of the attacks they block, and what share
 * of honest requests they let pass, altogether, by class and site, and by leave-out halves.
 *
 * No part of the checks, since the data is no part of the project: its folder is `traffic` below SECBEAT_SHARED/data.
 * Run it by the runtime itself: `bun scripts/accuracy.ts`. Options: `--threshold 5`, `--label malicious`, `--half 0` (whose mistakes to
 * write), `--mistakes FILE`.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createSystemClock } from '../src/core/clock.ts';
import { ALL_FAMILIES, createBuiltin } from '../src/waf/builtin/builtin-rules.ts';
import { evaluate, type Mistake, type Outcome } from '../tests/accuracy/evaluation.ts';
import { reportLines } from '../tests/accuracy/report.ts';
import { bodyOf, viewOf } from '../tests/accuracy/request.ts';
import { type Label, type LabelledRequest, loadTraffic } from '../tests/accuracy/traffic.ts';

const { values: options } = parseArgs({
  options: {
    threshold: { type: 'string', default: '5' },
    label: { type: 'string' },
    half: { type: 'string' },
    mistakes: { type: 'string' },
  },
});

function main(): number {
  const shared = process.env.SECBEAT_SHARED ?? join(import.meta.dirname, '../../shared');
  const folder = join(shared, 'data/traffic');
  if (!existsSync(folder)) {
    console.error(`No labelled traffic in ${folder}: set SECBEAT_SHARED.`);
    return 2;
  }
  const judge = createJudge(Number(options.threshold));
  const labels: readonly Label[] = ['malicious', 'legitimate'];
  const mistakes: Mistake[] = [];
  for (const label of labels.filter((known) => options.label === undefined || options.label === known)) {
    const evaluation = evaluate(loadTraffic(folder, label), judge);
    for (const line of reportLines(label, evaluation)) console.log(line);
    mistakes.push(...evaluation.mistakes);
  }
  if (options.mistakes !== undefined) writeFileSync(options.mistakes, mistakeLines(mistakes));
  return 0;
}

function createJudge(threshold: number): (request: LabelledRequest) => Outcome {
  const rules = createBuiltin({
    families: ALL_FAMILIES,
    inspected: { url: true, headers: true, body: true },
    customPatterns: [],
    exceptions: [],
    threshold,
    budgetMs: 20,
    onOverrun: 'refuse',
    clock: createSystemClock(),
  });
  if (!rules.ok) throw new Error(rules.fault.join('\n'));
  return (request) => {
    const run = rules.value.begin(viewOf(request));
    const refusesHead = run.inspectRequestHead().kind !== 'pass';
    const blocked = refusesHead || run.inspectRequestBody(bodyOf(request)).kind !== 'pass';
    run.finish();
    return { blocked, matches: run.matches };
  };
}

function mistakeLines(mistakes: readonly Mistake[]): string {
  return mistakes
    .filter(({ half }) => options.half === undefined || half === Number(options.half))
    .map(({ request, matches }) => {
      const { label, group, method, target, body } = request;
      const found = matches.map(({ ruleId, score, part, value, start, end }) => {
        return { ruleId, score, part, match: value.slice(start, end).slice(0, 120) };
      });
      return JSON.stringify({ label, group, method, target, body: body.slice(0, 400), found });
    })
    .join('\n');
}

process.exitCode = main();

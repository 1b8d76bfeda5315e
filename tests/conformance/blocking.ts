/**
 * What a regression test says about blocking at paranoia level 1, where nobody reads a log and only the answer counts.
 *
 *   403   the expected rules score at least the threshold, at the level in force: a rule's points are what its
 *         `setvar` actions add to the score of level 1
 *   pass  no rule is expected that scores, and the engine in detection mode logged none that does either
 *   null  neither is certain: a test for a higher level, for points below the threshold, or for other rules
 *
 * The second line trusts the engine to name what matched, but not to draw the conclusion: rules that decide (the gates
 * between levels and the evaluation of the scores) are what these runs are about.
 */
import type { RuleSet, RuleSyntax } from '../../src/waf/seclang/syntax.ts';
import type { StageOutput } from './regression-suite.ts';

export interface Points {
  readonly inbound: number;
  readonly outbound: number;
}

/** Points by severity, and the thresholds, as shipped. */
const POINTS: ReadonlyMap<string, number> = new Map([
  ['critical', 5],
  ['error', 4],
  ['warning', 3],
  ['notice', 2],
]);
const INBOUND_THRESHOLD = 5;
const OUTBOUND_THRESHOLD = 4;

const SCORING =
  /^tx\.(inbound|outbound)_anomaly_score_pl1=\+%\{tx\.(critical|error|warning|notice)_anomaly_score\}$/i;

/** What each rule adds at paranoia level 1, by its id. */
export function pointsByRule(rules: RuleSet): ReadonlyMap<string, Points> {
  const points = new Map<string, Points>();
  for (const item of rules.items) {
    if (item.kind === 'marker') continue;
    const id = item.actions.find(({ name }) => name === 'id')?.value ?? '';
    points.set(id, pointsOf([item, ...item.links]));
  }
  return points;
}

/** What is certain about the answer to a stage; null where nothing is. */
export function expectedAnswer(
  expected: StageOutput,
  detectedIds: readonly string[],
  points: ReadonlyMap<string, Points>,
): 'refuse' | 'pass' | null {
  const wanted = total(expected.expectIds, points);
  if (wanted.inbound >= INBOUND_THRESHOLD || wanted.outbound >= OUTBOUND_THRESHOLD) return 'refuse';
  const detected = total(detectedIds, points);
  const scores = wanted.inbound + wanted.outbound + detected.inbound + detected.outbound;
  return scores === 0 && expected.status === null && !expected.expectError ? 'pass' : null;
}

function pointsOf(rules: readonly RuleSyntax[]): Points {
  let inbound = 0;
  let outbound = 0;
  for (const { name, value } of rules.flatMap((rule) => rule.actions)) {
    const scoring = name === 'setvar' ? SCORING.exec(value ?? '') : null;
    if (scoring === null) continue;
    const points = POINTS.get((scoring[2] ?? '').toLowerCase()) ?? 0;
    if (scoring[1]?.toLowerCase() === 'inbound') inbound += points;
    else outbound += points;
  }
  return { inbound, outbound };
}

function total(ids: readonly string[], points: ReadonlyMap<string, Points>): Points {
  let inbound = 0;
  let outbound = 0;
  for (const id of ids) {
    inbound += points.get(id)?.inbound ?? 0;
    outbound += points.get(id)?.outbound ?? 0;
  }
  return { inbound, outbound };
}

/** Runs regression tests one after the other and keeps what failed and why. */
import { expectedAnswer, type Points } from './blocking.ts';
import { buildRequest } from './build-request.ts';
import { type RunSource, sendInProcess } from './in-process.ts';
import { OVERRIDDEN } from './overrides.ts';
import type { RegressionTest, Stage } from './regression-suite.ts';
import { judgeStage, type StageOutcome } from './verdict.ts';

export interface FailedTest {
  readonly name: string;
  readonly reason: string;
  /** Why the difference is wanted; null where it is a defect. */
  readonly override: string | null;
}

export interface RunReport {
  readonly passed: number;
  readonly failed: readonly FailedTest[];
  /** Tests about which the run can say nothing. */
  readonly notJudged: number;
}

/** Sends one stage; the name tells requests apart. */
export type SendStage = (stage: Stage, name: string) => StageOutcome | Promise<StageOutcome>;

/** Judges every stage by the ids logged for it. A test passes if all its stages do. */
export async function runByIds(tests: readonly RegressionTest[], send: SendStage): Promise<RunReport> {
  return await runAll(tests, async (stage, name) => judgeStage(stage.output, await send(stage, name)));
}

/** Judges every stage by its answer alone, see `expectedAnswer`. */
export async function runByAnswers(
  tests: readonly RegressionTest[],
  blocking: RunSource,
  detecting: RunSource,
  points: ReadonlyMap<string, Points>,
): Promise<RunReport> {
  return await runAll(tests, (stage, name) => {
    const octets = buildRequest(stage.input);
    const detected = sendInProcess(octets, name, detecting);
    if (detected.lines.length === 0 && detected.status >= 400) return undefined;
    const expected = expectedAnswer(stage.output, detected.ids, points);
    if (expected === null) return undefined;
    const { status, ids } = sendInProcess(octets, name, blocking);
    if ((status === REFUSED) === (expected === 'refuse')) return null;
    return `answered ${status} where it is to ${expected} (${ids.join(' ')})`;
  });
}

/** Judges every stage by whether two engines answer and log exactly the same. */
export async function runForAgreement(
  tests: readonly RegressionTest[],
  one: RunSource,
  other: RunSource,
): Promise<RunReport> {
  return await runAll(tests, (stage, name) => {
    const octets = buildRequest(stage.input);
    const left = sendInProcess(octets, name, one);
    const right = sendInProcess(octets, name, other);
    if (left.status !== right.status) return `answered ${left.status} and ${right.status}`;
    if (left.lines.join('\n') === right.lines.join('\n')) return null;
    return `logged ${left.ids.join(' ')} and ${right.ids.join(' ')}`;
  });
}

const REFUSED = 403;

/** What a stage comes to: a reason to fail, null for passed, undefined for not judged. */
type Judgement = string | null | undefined;

async function runAll(
  tests: readonly RegressionTest[],
  judge: (stage: Stage, name: string) => Judgement | Promise<Judgement>,
): Promise<RunReport> {
  const failed: FailedTest[] = [];
  let passed = 0;
  let notJudged = 0;
  for (const test of tests) {
    const judgements: Judgement[] = [];
    for (const [index, stage] of test.stages.entries())
      judgements.push(await judge(stage, `${test.name}.${index}`));
    const reason = judgements.find((judgement) => typeof judgement === 'string');
    if (typeof reason === 'string') {
      failed.push({ name: test.name, reason, override: OVERRIDDEN.get(test.name) ?? null });
    } else if (judgements.includes(undefined)) notJudged += 1;
    else passed += 1;
  }
  return { passed, failed, notJudged };
}

/** Results of conformance runs as text. */
import type { FailedTest, RunReport } from './suite-run.ts';
import type { VectorReport } from './vectors.ts';

/** The rates of a run, then what failed, wanted differences last. */
export function formatRun(title: string, { passed, failed, notJudged }: RunReport): string[] {
  const total = passed + failed.length;
  const defects = failed.filter(({ override }) => override === null);
  const wanted = failed.filter(({ override }) => override !== null);
  return [
    `${title}: ${total} judged${notJudged > 0 ? `, ${notJudged} not` : ''}`,
    `  strict          ${rate(passed, total)}`,
    `  with overrides  ${rate(passed + wanted.length, total)}`,
    ...defects.map((test) => `  FAILED ${describe(test)}`),
    ...wanted.map((test) => `  differs ${describe(test)}: ${test.override}`),
  ];
}

export function formatVectors({ passed, failed, differing, notCovered }: VectorReport): string[] {
  const missing = [...notCovered.values()].reduce((sum, count) => sum + count, 0);
  return [
    `vectors: ${passed} passed, ${failed.length} failed, ${differing.length} differ, ${missing} not covered`,
    ...failed.map((line) => `  FAILED ${line}`),
    ...differing.map((line) => `  differs ${line}`),
    ...[...notCovered].map(([name, count]) => `  not covered ${name}: ${count}`),
  ];
}

function describe({ name, reason }: FailedTest): string {
  return `${name}: ${reason}`;
}

function rate(part: number, total: number): string {
  return `${part} of ${total} (${((100 * part) / Math.max(1, total)).toFixed(2)} %)`;
}

/** Whether nothing failed but what was wanted. */
export function isClean({ failed }: RunReport): boolean {
  return failed.every(({ override }) => override !== null);
}

/**
 * The goals of the trials, as numbers and as judgements in words: an empty list says that all were met.
 *
 * Times are judged against those of the same minute without the attack. Below a millisecond that says nothing: there
 * the scheduler of the machine decides, so a bystander who is answered within it suffers from nothing.
 */
import type { AssaultReport } from './attacks/assault-run.ts';
import type { Attack } from './attacks/attack.ts';
import type { Figures } from './process-figures.ts';
import type { BystanderReport } from './programs/bystander.ts';

/** The slowest hundredth of a bystander's answers may take so many times as long as without the attack. */
export const SLOWDOWN_MAX = 3;
/** A time below this is good whatever it was before. */
export const FLOOR_MS = 1;
/** What an attack may leave behind in the memory of the node: pages that its runtime keeps for the next. */
export const MEMORY_LEFT_MIB_MAX = 160;
/** Descriptors that come and go with connections to origins. */
export const FILES_SLACK = 32;

export function slowdown(quiet: BystanderReport, attacked: BystanderReport): number | null {
  if (quiet.keptP99Ms === null || attacked.keptP99Ms === null) return null;
  return attacked.keptP99Ms / quiet.keptP99Ms;
}

/** No error, and answers in time. */
export function judgeBystander(
  quiet: BystanderReport,
  attacked: BystanderReport,
  timed: boolean,
): readonly string[] {
  const misses = [...judgeFaultless('before the attack', quiet), ...judgeFaultless('under attack', attacked)];
  const ratio = slowdown(quiet, attacked);
  if (!timed || ratio === null || ratio <= SLOWDOWN_MAX || attacked.keptP99Ms! <= FLOOR_MS) return misses;
  return [...misses, `the bystander's p99 is ${ratio.toFixed(1)} times as long; ${SLOWDOWN_MAX} are allowed`];
}

/** All that was asked was answered with 200. */
export function judgeFaultless(when: string, report: BystanderReport): readonly string[] {
  const others = Object.entries(report.statuses).filter(([status]) => status !== '200');
  return [
    ...(report.answered === 0 ? [`nothing was answered ${when}`] : []),
    ...(report.lost === 0 ? [] : [`${report.lost} lost ${when}: ${report.faults.join('; ')}`]),
    ...(report.refused === 0 ? [] : [`${report.refused} connections refused ${when}`]),
    ...others.map(([status, count]) => `${count} answered ${status} ${when}`),
  ];
}

/** The node closes a flood within its bound. */
export function judgeCount(steps: number | null, goal: number, unit: string): readonly string[] {
  if (steps === null) return [`the connection was not closed by 1.2 times ${goal} ${unit}`];
  return steps <= goal ? [] : [`closed after ${steps} ${unit}; ${goal} are allowed`];
}

/** What an attacker asked for reaches the origin only within the bounds of his connections. */
export function judgeReach(
  { requestsEachMax }: Attack,
  reached: number,
  { connections }: AssaultReport,
): readonly string[] {
  if (requestsEachMax === null || reached <= requestsEachMax * connections) return [];
  return [`${reached} requests of ${connections} connections reached the origin`];
}

/** What an attack took is given back. */
export function judgeRest(before: Figures, after: Figures): readonly string[] {
  const grown = after.residentMib - before.residentMib;
  const files = after.openFiles - before.openFiles;
  return [
    ...(grown <= MEMORY_LEFT_MIB_MAX ? [] : [`${grown.toFixed(0)} MiB of memory were not given back`]),
    ...(files <= FILES_SLACK ? [] : [`${files} files were left open`]),
  ];
}

/**
 * The trial of faults: 400 requests a second over kept and new connections, and one fault at a time.
 *
 *   well -> the fault, and its end -> until all is well again -> a while of nothing but 200
 *
 * Nothing may be lost but what was under way on a thread that died; everything is answered within the configured
 * limits; and the node is well again by itself.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { Arena, type Bystander } from '../arena.ts';
import { judgeFaultless } from '../goals.ts';
import { NOT_PLACED } from '../process-figures.ts';
import type { BystanderReport } from '../programs/bystander.ts';
import type { TrialReport, TrialRow } from '../report.ts';
import { isChosen, type TrialOptions, type TrialSetting } from '../trial.ts';
import type { Fault, FaultOutcome } from './fault.ts';
import { FAULTS } from './faults.ts';

const FROM = '127.0.0.2';
const FRESH_EVERY = 10;
/** Longer than the longest pause of the breaker that such a fault leads to. */
const RECOVERY_SECONDS_MAX = 20;
const LOOK_MS = 500;

export interface FaultScale {
  readonly perSecond: number;
  /** Share of the repetitions and of the times of the whole trial. */
  readonly share: number;
  readonly wellSeconds: number;
}

const WHOLE: FaultScale = { perSecond: 400, share: 1, wellSeconds: 3 };

export async function runFaults(options: TrialOptions): Promise<TrialReport> {
  const rows: TrialRow[] = [];
  for (const fault of FAULTS) {
    if (!isChosen(fault.name, options)) continue;
    const row = await runFault({ runtime: options.runtime, placement: NOT_PLACED }, fault, WHOLE);
    rows.push(row);
    options.onRow(row);
  }
  return {
    title: 'faults',
    notes: [
      `node on ${options.runtime.name} ${options.runtime.version}, two workers, all processes on all cores`,
      `${WHOLE.perSecond} requests/s, every ${FRESH_EVERY}th over a new connection`,
      'goals: nothing lost but what was under way on a thread that died, answers within the limits, well again by itself',
    ],
    rows,
  };
}

/** One fault on a node of its own. */
export async function runFault(setting: TrialSetting, fault: Fault, scale: FaultScale): Promise<TrialRow> {
  const arena = await Arena.open(setting, fault.options?.(setting));
  try {
    const bystander = await arena.bystander({
      from: FROM,
      perSecond: scale.perSecond,
      freshEvery: FRESH_EVERY,
      mustConnect: !fault.mayRefuse,
    });
    const well = await bystander.during(scale.wellSeconds);
    const outcome = await fault.provoke({
      arena,
      times: (count) => Math.max(1, Math.round(count * scale.share)),
      last: (seconds) => pause(1000 * seconds * Math.max(scale.share, SHORTEST_SHARE)),
    });
    const recovery = await untilWell(bystander);
    const later = await bystander.during(scale.wellSeconds);
    await bystander.stop();
    return toRow(fault, outcome, recovery, [
      ...judgeFaultless('before the fault', well),
      ...judgeFaultless('after all was well', later),
    ]);
  } finally {
    await arena.close();
  }
}

/** A fault has to last as long as the limits that it is to reach. */
const SHORTEST_SHARE = 0.8;

interface Recovery {
  /** Everything from the beginning of the fault until all was well, added up. */
  readonly reports: readonly BystanderReport[];
  /** Seconds from the end of the fault; null where all was not well in time. */
  readonly seconds: number | null;
}

/** Looks at short times until one of them has nothing but 200. */
async function untilWell(bystander: Bystander): Promise<Recovery> {
  const startMs = performance.now();
  const reports = [await bystander.mark()];
  for (;;) {
    await pause(LOOK_MS);
    const report = await bystander.mark();
    reports.push(report);
    const seconds = (performance.now() - startMs) / 1000;
    if (report.sent > 0 && judgeFaultless('', report).length === 0) return { reports, seconds };
    if (seconds > RECOVERY_SECONDS_MAX) return { reports, seconds: null };
  }
}

function toRow(
  fault: Fault,
  { deaths, misses }: FaultOutcome,
  { reports, seconds }: Recovery,
  around: readonly string[],
): TrialRow {
  const add = (read: (report: BystanderReport) => number): number =>
    reports.reduce((sum, report) => sum + read(report), 0);
  const statuses = new Map<string, number>();
  for (const report of reports) {
    for (const [status, count] of Object.entries(report.statuses)) {
      statuses.set(status, (statuses.get(status) ?? 0) + count);
    }
  }
  const good = statuses.get('200') ?? 0;
  statuses.delete('200');
  const lost = add((report) => report.lost);
  const refused = add((report) => report.refused);
  const slowestMs = Math.max(...reports.map((report) => report.slowestMs ?? 0));
  const unwanted = [...statuses.keys()].filter((status) => !fault.statuses.includes(Number(status)));
  const lostMax = deaths * fault.lostPerDeath;
  const kinds = reports.flatMap(({ faults }) => faults).join('; ');
  return {
    name: fault.name,
    cells: {
      sent: add((report) => report.sent),
      answered_200: good,
      otherwise: [...statuses].map(([status, count]) => `${status}: ${count}`).join(', ') || null,
      lost,
      refused,
      slowest_ms: slowestMs,
      well_after_s: seconds,
    },
    misses: [
      ...misses,
      ...around,
      ...unwanted.map((status) => `${statuses.get(status)} answered ${status}`),
      ...(lost <= lostMax ? [] : [`${lost} lost, ${lostMax} allowed: ${kinds}`]),
      ...(slowestMs <= fault.slowestMsMax
        ? []
        : [`the slowest answer took ${slowestMs.toFixed(0)} ms, ${fault.slowestMsMax} allowed`]),
      ...(seconds === null ? [`not well again within ${RECOVERY_SECONDS_MAX} s`] : []),
    ],
    skipped: null,
  };
}

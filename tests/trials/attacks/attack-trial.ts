/**
 * The trial of attacks: each against the same node, with a bystander who must not notice. Those of slowhttptest get a
 * node of their own.
 */
import { FLOOR_MS, SLOWDOWN_MAX } from '../goals.ts';
import { placeProcesses } from '../process-figures.ts';
import type { TrialReport, TrialRow } from '../report.ts';
import { isChosen, type TrialOptions, type TrialSetting } from '../trial.ts';
import { AttackStand, type AttackTimes, BYSTANDER } from './attack-stand.ts';
import { ATTACKS } from './attacks.ts';
import { runSlowAttacks, SLOW_ATTACKS } from './slow-attacks.ts';

const QUIET_SECONDS = 5;
const ATTACK_SECONDS = 10;

export async function runAttacks(options: TrialOptions): Promise<TrialReport> {
  const chosen = ATTACKS.filter(({ name }) => isChosen(name, options));
  const slow = SLOW_ATTACKS.filter(({ name }) => isChosen(name, options));
  const each = options.minutes === null ? null : (60 * options.minutes) / (chosen.length + slow.length);
  const attackSeconds = each === null ? ATTACK_SECONDS : Math.max(2, (2 * each) / 3);
  const times = { quietSeconds: QUIET_SECONDS, attackSeconds, timed: true };
  const setting = { runtime: options.runtime, placement: placeProcesses() };
  const rows: TrialRow[] = [];
  const add = (row: TrialRow): void => {
    rows.push(row);
    options.onRow(row);
  };
  if (chosen.length > 0) {
    const stand = await AttackStand.open(setting);
    try {
      for (const attack of chosen) add(await stand.run(attack, times));
    } finally {
      await stand.close();
    }
  }
  for (const row of await runSlowAttacks(setting, slow, times)) add(row);
  return { title: 'attacks', notes: notes(setting, times), rows };
}

function notes(setting: TrialSetting, { quietSeconds, attackSeconds }: AttackTimes): readonly string[] {
  return [
    `${setting.placement.text}; node on ${setting.runtime.name} ${setting.runtime.version}, one worker`,
    `bystander: ${BYSTANDER.perSecond} requests/s, every ${BYSTANDER.freshEvery}th over a new connection; ${quietSeconds} s quiet, then ${attackSeconds.toFixed(0)} s of attack`,
    `goals: no error; p99 over kept connections at most ${SLOWDOWN_MAX} times the quiet one, or below ${FLOOR_MS} ms; files and memory given back`,
  ];
}

/** A thread of the tests of limits: waits for the common start, then charges a few keys and reports what passed. */
import { parentPort, workerData } from 'node:worker_threads';
import { FleetLimitTable, type FleetShare } from '../fleet-limit-table.ts';
import { LimitCounts } from '../limit-counts.ts';
import { slidingWindow, tokenBucket } from '../limit-rate.ts';
import { LimitTable } from '../limit-table.ts';

export interface LimitHammerTask {
  /** Turns to 1 when all threads shall start. */
  readonly gate: SharedArrayBuffer;
  readonly table: SharedArrayBuffer;
  readonly counts: SharedArrayBuffer;
  /** The third limit is one of the fleet, with one key. */
  readonly slots: SharedArrayBuffer;
  readonly share: FleetShare;
  readonly rounds: number;
  readonly limit: number;
}

export const HAMMER_NOW_MS = 1_000_000;
const KEYS = 4;

const task: LimitHammerTask = workerData;
const table = new LimitTable(task.table);
const fleetTable = new FleetLimitTable(task.table, task.slots);
const counts = new LimitCounts(task.counts);
const rates = [tokenBucket(1, 1, 0.001, task.limit), slidingWindow(2, 2, task.limit, 60_000)];
parentPort?.postMessage('ready');
Atomics.wait(new Int32Array(task.gate), 0, 0);
const fleetRate = slidingWindow(3, 3, task.limit, 60_000);
const passed = [0, 0, 0];
for (let round = 0; round < task.rounds; round++) {
  for (const [index, rate] of rates.entries()) {
    for (let key = 1; key <= KEYS; key++) {
      const low = key * 1_000_003 + index;
      if (table.charge(low, key, HAMMER_NOW_MS, rate) === 0) passed[index]!++;
      else counts.count(rate.identityLow, rate.identityHigh, false);
    }
  }
  if (fleetTable.charge(13, 17, HAMMER_NOW_MS, fleetRate, task.share) === 0) passed[2]!++;
}
parentPort?.postMessage(passed);

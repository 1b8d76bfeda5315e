/** A thread of the tests of limits: waits for the common start, then charges a few keys and reports what passed. */
import { parentPort, workerData } from 'node:worker_threads';
import { LimitCounts } from '../limit-counts.ts';
import { slidingWindow, tokenBucket } from '../limit-rate.ts';
import { LimitTable } from '../limit-table.ts';

export interface LimitHammerTask {
  /** Turns to 1 when all threads shall start. */
  readonly gate: SharedArrayBuffer;
  readonly table: SharedArrayBuffer;
  readonly counts: SharedArrayBuffer;
  readonly rounds: number;
  readonly limit: number;
}

export const HAMMER_NOW_MS = 1_000_000;
const KEYS = 4;

const task: LimitHammerTask = workerData;
const table = new LimitTable(task.table);
const counts = new LimitCounts(task.counts);
const rates = [tokenBucket(1, 1, 0.001, task.limit), slidingWindow(2, 2, task.limit, 60_000)];
parentPort?.postMessage('ready');
Atomics.wait(new Int32Array(task.gate), 0, 0);
const passed = [0, 0];
for (let round = 0; round < task.rounds; round++) {
  for (const [index, rate] of rates.entries()) {
    for (let key = 1; key <= KEYS; key++) {
      const low = key * 1_000_003 + index;
      if (table.charge(low, key, HAMMER_NOW_MS, rate) === 0) passed[index]!++;
      else counts.count(rate.identityLow, rate.identityHigh, false);
    }
  }
}
parentPort?.postMessage(passed);

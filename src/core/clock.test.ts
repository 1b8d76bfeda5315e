import assert from 'node:assert/strict';
import { it } from 'node:test';
import { Worker } from 'node:worker_threads';
import { createSystemClock } from './clock.ts';

/** What a thread may need to pass a message, and a good deal more. */
const PATIENCE_MS = 2000;

it('tells threads that start at different times the same time', async () => {
  const clock = createSystemClock();
  for (let turn = 0; turn < 3; turn++) {
    const beforeMs = clock.nowMs();
    const worker = new Worker(new URL('./testing/clock-worker.ts', import.meta.url));
    const theirsMs = await new Promise<number>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
    });
    const afterMs = clock.nowMs();
    await worker.terminate();
    assert.ok(theirsMs >= beforeMs - 1 && theirsMs <= afterMs + 1, `${beforeMs} ${theirsMs} ${afterMs}`);
    assert.ok(afterMs - beforeMs < PATIENCE_MS);
  }
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { until } from '../../tests/support/until.ts';
import { silentLogger } from '../core/logger.ts';
import { DIES, ENDS_EARLY, FAILS, GETS_STUCK } from './testing/scripted-worker.ts';
import { WorkerCrew } from './worker-crew.ts';
import type { WorkerStart } from './worker-messages.ts';

const SOUND = 0;

/** A crew whose workers behave as `behaviourOf` says, launch by launch; `lost` are those that have ended. */
function createCrew(
  workers: number,
  behaviourOf: (launch: number) => number,
): { readonly crew: WorkerCrew; readonly lost: number[] } {
  const lost: number[] = [];
  let launches = 0;
  const crew = new WorkerCrew({
    startOf: (index) => ({ index, revision: behaviourOf(launches++) }) as WorkerStart,
    workers,
    logger: silentLogger,
    nowMs: () => performance.now(),
    onMessage: () => undefined,
    onLost: (index) => lost.push(index),
    entry: new URL('./testing/scripted-worker.ts', import.meta.url),
  });
  return { crew, lost };
}

describe('the crew of workers', () => {
  it('leaves none running where one of them cannot start', async () => {
    for (const fault of [FAILS, ENDS_EARLY]) {
      const { crew, lost } = createCrew(2, (launch) => (launch === 0 ? SOUND : fault));
      await assert.rejects(crew.start());
      assert.equal(crew.alive, 0);
      assert.deepEqual(lost.toSorted(), [0, 1]);
    }
  });

  it('starts a replacement again whose start fails, and gives back what it held', async () => {
    const behaviours = [SOUND, ENDS_EARLY, FAILS, SOUND];
    const { crew, lost } = createCrew(1, (launch) => behaviours[launch] ?? SOUND);
    await crew.start();
    // Answered by a worker that is not asked to stop for good: it just ends.
    crew.tell({ kind: 'drain', graceMs: 0 });
    await until(
      'replacement',
      () => [crew.restarts, crew.alive],
      ([restarts, alive]) => restarts === 3 && alive === 1,
    );
    assert.deepEqual(lost, [0, 0, 0]);
    assert.equal(await crew.drain(0), 2);
  });

  it('tells what doors did not do, and does not wait for a worker that dies meanwhile', async () => {
    const { crew } = createCrew(2, (launch) => (launch === 1 ? DIES : SOUND));
    await crew.start();
    const faults = await crew.ask({ kind: 'open_door' });
    assert.deepEqual(faults, ['not to be had', 'not to be had']);
    const answers = await Promise.all([
      crew.ask({ kind: 'close_door', graceMs: 0 }),
      crew.ask({ kind: 'close_door', graceMs: 0 }),
    ]);
    assert.deepEqual(answers, [[], []]);
    await crew.drain(0);
  });

  it('ends a worker that does not drain in time', async () => {
    const { crew, lost } = createCrew(2, (launch) => (launch === 0 ? SOUND : GETS_STUCK));
    await crew.start();
    assert.equal(await crew.drain(0), 1);
    assert.equal(crew.alive, 0);
    assert.deepEqual(lost.toSorted(), [0, 1]);
  });
});

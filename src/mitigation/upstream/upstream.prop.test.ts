/** A group of origins under everything that can happen to it at once: nothing is mixed up, and all room comes back. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import type { Priority } from '../pipeline/priority.ts';
import { GroupBench } from './testing/group-bench.ts';
import { CONNECTIONS_MAX } from './testing/policies.ts';
import { BEHAVIOURS, ScriptedOrigin } from './testing/scripted-origin.ts';

const STEP = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('ask' as const),
      behaviour: fc.constantFrom(...BEHAVIOURS),
      priority: fc.constantFrom<Priority>(0, 1, 2, 3),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('cancel' as const), which: fc.nat(1000) }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('turn' as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 600 }) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('reload' as const), variant: fc.nat(100) }) },
);
type Step = typeof STEP extends fc.Arbitrary<infer Value> ? Value : never;

describe('a group of origins', () => {
  let origins: readonly ScriptedOrigin[];
  before(async () => {
    origins = await Promise.all([ScriptedOrigin.start(), ScriptedOrigin.start()]);
  });
  after(() => {
    for (const origin of origins) origin.close();
  });

  it('keeps every answer to its request, and has all its room again when all is over', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(STEP, { minLength: 20, maxLength: 150 }), async (steps) => {
        const bench = new GroupBench(origins.map(({ port }) => port));
        for (const step of steps) {
          await play(bench, step);
          for (const { waiting, stream } of bench.live) assert.notEqual(waiting, stream !== null);
        }
        bench.endAll();
        bench.reload(0);
        await assertUnused(bench);
        await assertWholeRoom(bench);
        bench.endAll();
        bench.upstream.close();
        assert.equal(bench.upstream.isBusy, false);
        assert.equal(bench.out, 0);
        assert.deepEqual(bench.unexpected, []);
      }),
      { numRuns: 100, interruptAfterTimeLimit: 30_000 },
    );
  });
});

async function play(bench: GroupBench, step: Step): Promise<void> {
  switch (step.kind) {
    case 'ask':
      bench.ask(step.behaviour, step.priority);
      break;
    case 'cancel':
      bench.live[step.which % Math.max(bench.live.length, 1)]?.end();
      break;
    case 'turn':
      await turn();
      break;
    case 'pass':
      bench.pass(step.ms);
      break;
    case 'reload':
      bench.reload(step.variant);
      break;
  }
}

/** Whatever was being connected has been, or is given up; whatever is idle is closed; who was out is back. */
async function assertUnused(bench: GroupBench): Promise<void> {
  for (let rounds = 0; rounds < 10; rounds++) {
    await turn();
    bench.pass(500);
  }
  assert.equal(bench.upstream.isBusy, false, 'something is still counted');
}

async function assertWholeRoom(bench: GroupBench): Promise<void> {
  const all = Array.from({ length: 2 * CONNECTIONS_MAX }, () => bench.ask('silence', 3));
  const late = bench.ask('answer', 3);
  assert.ok(await bench.until(() => all.every(({ stream }) => stream !== null)), 'room that never came back');
  assert.equal(late.stream, null, 'room that there is not');
  all[0]!.end();
  assert.ok(await bench.until(() => late.over), 'room that nobody gave to who waited for it');
}

/**
 * Each trial for a moment: that it runs, and that the node behaves. Times are not judged, since other programs share
 * the machine; `npm run trials` does that, for long.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AttackStand } from './attacks/attack-stand.ts';
import { ATTACKS } from './attacks/attacks.ts';
import { runFault } from './faults/fault-trial.ts';
import { FAULTS } from './faults/faults.ts';
import { findNodeRuntime } from './node-runtime.ts';
import { NOT_PLACED } from './process-figures.ts';
import { soak } from './soak/soak-trial.ts';
import { runTags } from './tags/tag-trial.ts';
import type { TrialSetting } from './trial.ts';

const MOMENT = { quietSeconds: 0.5, attackSeconds: 1, timed: false };
const CONNECTIONS = 8;
const FAULT_SCALE = { perSecond: 50, share: 0.02, wellSeconds: 0.5 };
/** One of each kind: the long run has all of them. */
const ATTACKS_TRIED = ['rapid-reset', 'mixes', 'crumbs', 'handshakes-left', 'requests'];
const FAULTS_TRIED = ['reloads', 'origin-killed', 'workers-die', 'files-64'];

/** The runtime of the tests. */
const SETTING: TrialSetting = { runtime: ownRuntime(), placement: NOT_PLACED };

function ownRuntime(): TrialSetting['runtime'] {
  const runtime = findNodeRuntime('Bun' in globalThis ? 'bun' : 'node');
  if (!runtime.ok) throw new TypeError(runtime.fault);
  return runtime.value;
}

describe('a moment of each trial', () => {
  it('attacks are noticed by nobody else, and leave nothing behind', async (t) => {
    const stand = await AttackStand.open(SETTING, {}, 1);
    t.after(() => stand.close());
    for (const attack of ATTACKS.filter(({ name }) => ATTACKS_TRIED.includes(name))) {
      const { name, misses } = await stand.run(attack, MOMENT, CONNECTIONS);
      assert.deepEqual(misses, [], name);
    }
  });

  for (const fault of FAULTS.filter(({ name }) => FAULTS_TRIED.includes(name))) {
    it(`of ${fault.name} nobody notices more than there is to notice`, async () => {
      const { misses } = await runFault(SETTING, fault, FAULT_SCALE);
      assert.deepEqual(misses, []);
    });
  }

  it('every request gets the answer with its own tag', async () => {
    const { rows } = await runTags({
      ...SETTING,
      chosen: [],
      minutes: 1,
      requests: 4000,
      onRow: () => undefined,
    });
    assert.deepEqual(
      rows.map(({ name, misses }) => [name, misses]),
      [
        ['http1', []],
        ['http2', []],
      ],
    );
  });

  it('everything at once ends with everybody answered', async () => {
    const rows = await soak(SETTING, 6, 1);
    const behaviour = rows.filter(({ name }) => name !== 'memory');
    assert.deepEqual(
      behaviour.flatMap(({ misses }) => misses),
      [],
    );
  });
});

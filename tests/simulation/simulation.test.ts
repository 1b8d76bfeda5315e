import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { systemTimers } from '../../src/core/timers.ts';
import { describeLedger } from '../../src/orchestrator/ledger/testing/ledger-contract.ts';
import { Dice } from './dice.ts';
import { describeFailure } from './failure.ts';
import { runSeed } from './run-seed.ts';
import { SimulatedDisk, SimulatedLedger } from './simulated-disk.ts';
import { sqliteIn } from './sqlite-place.ts';

const SEEDS = 50;
const SEEDS_PER_TEST = 10;

describe('a simulated fleet in trouble', () => {
  for (let first = 1; first <= SEEDS; first += SEEDS_PER_TEST) {
    const last = first + SEEDS_PER_TEST - 1;
    it(`keeps what it acknowledged and agrees again, in seeds ${first} to ${last}`, async () => {
      for (let seed = first; seed <= last; seed++) {
        const outcome = await runSeed({ seed });
        assert.deepEqual(outcome.violations, [], describeFailure(outcome));
      }
    });
  }

  it('does the same again with the same seed, and something else with another', async () => {
    const [one, again, other] = [
      await runSeed({ seed: 7 }),
      await runSeed({ seed: 7 }),
      await runSeed({ seed: 8 }),
    ];
    assert.equal(again.digest, one.digest);
    assert.deepEqual(again.counts, one.counts);
    assert.notEqual(other.digest, one.digest);
  });

  it('holds on the real ledger in a real file too', async () => {
    for (const seed of [3, 4]) {
      const folder = mkdtempSync(join(tmpdir(), 'simulated-ledger-'));
      const outcome = await runSeed({ seed, parts: { makeLedger: sqliteIn(folder) } });
      rmSync(folder, { recursive: true });
      assert.deepEqual(outcome.violations, [], describeFailure(outcome));
      assert.ok((outcome.counts.get('acknowledged bans') ?? 0) > 0);
    }
  });
});

describeLedger('the simulated ledger', () => {
  const disk = new SimulatedDisk(`ledger-${performance.now()}`);
  const timers = { ...systemTimers, onEnd: () => undefined };
  const moment = { timers, dice: new Dice(1, 1), wallMs: () => 1_700_000_000_000 };
  return Promise.resolve({
    open: () => Promise.resolve(new SimulatedLedger(disk, moment)),
    remove: () => Promise.resolve(),
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { rolloutSchema } from '../../config/schema/rollout.ts';
import { makePlan } from './rollout-plan.ts';

const SETTINGS = rolloutSchema.parse({});

describe('the plan of a rollout', () => {
  it('follows the configuration where the edit says nothing', () => {
    assert.deepEqual(makePlan({}, SETTINGS), {
      ok: true,
      value: {
        shares: [0.05, 0.5, 1],
        observe_seconds: 60,
        limits: { block_share_rise_max: 0.05, error_share_rise_max: 0.02, latency_factor_max: 2 },
      },
    });
  });

  it('takes what the edit says', () => {
    const wish = { shares: [0.2, 1], observe_seconds: 5, limits: { latency_factor_max: 3 } };
    const made = makePlan(wish, SETTINGS);
    assert.ok(made.ok);
    assert.deepEqual([made.value.shares, made.value.observe_seconds], [[0.2, 1], 5]);
    assert.deepEqual(made.value.limits, {
      ...{ block_share_rise_max: 0.05, error_share_rise_max: 0.02, latency_factor_max: 3 },
    });
  });

  it('has a canary, rises, and ends with all', () => {
    for (const shares of [[], [1], [0.5, 0.5, 1], [0.5, 0.2, 1], [0.1, 0.9]]) {
      assert.equal(makePlan({ shares }, SETTINGS).ok, false, shares.join());
    }
  });
});

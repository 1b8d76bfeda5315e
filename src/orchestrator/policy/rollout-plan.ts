/** The plan of a rollout: what the edit says, and for the rest the configuration. */
import type { Config } from '../../config/schema.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import type { RolloutPlan } from '../../messages/entries/policies.ts';
import type { PlanWish } from '../../messages/policy-request.ts';

export type RolloutSettings = Config['fleet']['rollout'];

export function makePlan(wish: PlanWish, settings: RolloutSettings): Result<RolloutPlan, string> {
  const shares = wish.shares ?? [...settings.shares];
  if (shares.length < 2) {
    return fail('shares needs two steps at least, of which the first is the canary: for example [0.05, 1]');
  }
  if (shares.some((share, step) => step > 0 && share <= shares[step - 1]!)) {
    return fail('shares must rise from step to step: for example [0.05, 0.5, 1]');
  }
  if (shares.at(-1) !== 1) return fail('shares must end with 1, which is all nodes of the scope');
  return ok({
    shares,
    observe_seconds: wish.observe_seconds ?? settings.observe_seconds,
    limits: {
      block_share_rise_max: wish.limits?.block_share_rise_max ?? settings.block_share_rise_max,
      error_share_rise_max: wish.limits?.error_share_rise_max ?? settings.error_share_rise_max,
      latency_factor_max: wish.limits?.latency_factor_max ?? settings.latency_factor_max,
    },
  });
}

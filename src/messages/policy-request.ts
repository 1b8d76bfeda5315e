/** What people and programs say about policy. */
import { z } from 'zod';
import { POLICY_CHARACTERS_MAX, rolloutLimits, rolloutPlan } from './entries/policies.ts';
import { longText } from './wire.ts';

/** What is left out follows the configuration of the orchestrator. */
export const planWish = rolloutPlan.extend({ limits: rolloutLimits.partial() }).partial();

/** `PUT /policies/scopes/{scope}` */
export const policyEdit = z
  .object({
    toml: z
      .string()
      .max(POLICY_CHARACTERS_MAX)
      .describe('Sections of the configuration, as in its file. An empty text takes the layer away.'),
    note: longText.default('').describe('Why, for those who read it later.'),
    plan: planWish.optional(),
  })
  .meta({ id: 'PolicyEdit', description: 'A new text for one scope.' });

/** `POST /policies/rollout/pause` and `/rollback` */
export const rolloutReason = z.object({ reason: longText.min(1) }).meta({ id: 'RolloutReason' });

export type PlanWish = z.output<typeof planWish>;

/** Decisions about policy: what was written, and which nodes have it to run. */
import { z } from 'zod';
import { count, longText, nodeId } from '../wire.ts';

/** Nodes of a fleet, or of a part of it; `node:` layers lie over `group:` layers, and these over `fleet`. */
export const policyScope = z
  .string()
  .max(80)
  .regex(/^(?:fleet|group:.{1,64}|node:[0-9a-f-]{36})$/)
  .describe('`fleet`, `group:` and a name, or `node:` and an id.');

/** More text than any policy by hand has; lists have files and feeds of their own. */
export const POLICY_CHARACTERS_MAX = 48 * 1024;

/** Revisions count from 1 over all scopes, so a number names one text. */
export const revision = count.min(1);

export const policyAccepted = z.object({
  kind: z.literal('policy_accepted'),
  revision,
  scope: policyScope,
  toml: z.string().max(POLICY_CHARACTERS_MAX),
  /** The revision of this scope that the author had before them; 0 for none. */
  based_on: count,
  note: longText,
});

/** How far nodes may get worse than they were before the others are spared. */
export const rolloutLimits = z.object({
  /** How much the blocked share of requests may rise, from 0 to 1. */
  block_share_rise_max: z.number().min(0).max(1),
  /** How much the share of answers with 5xx may rise, from 0 to 1. */
  error_share_rise_max: z.number().min(0).max(1),
  /** How many times as long answers may take. */
  latency_factor_max: z.number().min(1).max(1000),
});

export const rolloutPlan = z.object({
  /** Shares of the nodes of the scope that have it after each step, rising to 1; the first step is at least one node. */
  shares: z.array(z.number().gt(0).max(1)).min(1).max(10),
  /** How long each step is looked at before the next. */
  observe_seconds: z.number().min(0).max(86_400),
  limits: rolloutLimits,
});

export const rolloutStarted = z.object({ kind: z.literal('rollout_started'), revision, plan: rolloutPlan });

/** These nodes have it to run from now on, beside those of the steps before. */
export const rolloutStep = z.object({
  kind: z.literal('rollout_step'),
  revision,
  step: count,
  nodes: z.array(nodeId).max(10_000),
});

export const rolloutPaused = z.object({ kind: z.literal('rollout_paused'), revision, reason: longText });

export const rolloutResumed = z.object({ kind: z.literal('rollout_resumed'), revision });

/** `complete`: all nodes of the scope have it to run, later ones too. `rolled_back`: none has. */
export const rolloutEnded = z.object({
  kind: z.literal('rollout_ended'),
  revision,
  outcome: z.enum(['complete', 'rolled_back']),
  reason: z.string().max(1024),
});

export type PolicyScope = z.output<typeof policyScope>;
export type RolloutPlan = z.output<typeof rolloutPlan>;
export type RolloutLimits = z.output<typeof rolloutLimits>;

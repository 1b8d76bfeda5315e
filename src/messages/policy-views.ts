/** What the orchestrator shows of policy. */
import { z } from 'zod';
import { policyScope, rolloutPlan } from './entries/policies.ts';
import { refusedPolicy } from './heartbeat-request.ts';
import { author } from './ledger-entry.ts';
import { nodeStatus } from './node-words.ts';
import { count, nodeId, timestamp } from './wire.ts';

/** One revision without its text. */
export const revisionSummary = z
  .object({
    revision: count,
    scope: policyScope,
    based_on: count.describe('The revision of the scope that the author had before them; 0 for none.'),
    author,
    note: z.string(),
    at: timestamp,
    outcome: z
      .enum(['complete', 'rolled_back'])
      .nullable()
      .describe('How its rollout ended; null while it is under way.'),
    reason: z.string().nullable().describe('Why it ended so.'),
    ended_at: timestamp.nullable(),
  })
  .meta({ id: 'PolicyRevisionSummary', description: 'One revision of policy.' });

export const revisionDetail = revisionSummary
  .extend({
    toml: z.string(),
    diff: z
      .string()
      .nullable()
      .describe(
        'Against the text of `based_on`, in unified form; null where that text is not at hand any more.',
      ),
  })
  .meta({ id: 'PolicyRevision', description: 'One revision of policy with its text.' });

const stableRevision = z.object({ scope: policyScope, revision: count });

export const rolloutView = z
  .object({
    revision: count,
    scope: policyScope,
    plan: rolloutPlan,
    step: z.int().min(-1).describe('The step that was taken last, from 0; -1 before the first.'),
    step_at: timestamp,
    nodes: count.describe('How many nodes have it to run so far.'),
    step_nodes: z.array(nodeId).describe('Those that came with the last step, at most a hundred of them.'),
    paused: z.string().nullable().describe('Why it was paused; null while it goes on.'),
    waits_for: z.string().nullable().describe('What it waits for, as this orchestrator sees it.'),
  })
  .meta({ id: 'PolicyRollout', description: 'The rollout under way.' });

/** `GET /policies` */
export const policiesPage = z
  .object({
    stable: z.array(stableRevision).describe('What every node of a scope has to run.'),
    rollout: rolloutView.nullable(),
    revisions: z.array(revisionSummary).describe('The newest first.'),
    total: count,
    next: z.string().nullable().describe('`before` of the next page; null on the last one.'),
  })
  .meta({ id: 'Policies', description: 'Policy of the fleet.' });

/** `GET /policies/scopes/{scope}`; its ETag is the revision. */
export const scopePolicy = z
  .object({ scope: policyScope, revision: count, toml: z.string() })
  .meta({ id: 'ScopePolicy', description: 'What stands for one scope.' });

/** What an edit leads to. */
export const policyAnswer = z
  .object({
    revision: count.nullable().describe('The number of the new revision; null for a dry run.'),
    scope: policyScope,
    based_on: count,
    diff: z.string(),
    plan: rolloutPlan,
  })
  .meta({ id: 'PolicyAnswer', description: 'An edit that was accepted, or would be.' });

/** `GET /policies/running`: what runs where. */
export const runningPolicies = z
  .object({
    newest: count,
    nodes: z.array(
      z.object({
        node_id: nodeId,
        group: z.string(),
        status: nodeStatus,
        assigned_revision: count.describe(
          'What the node has to acknowledge: the highest of its layers, or 0.',
        ),
        layers: z.array(stableRevision).describe('The broadest first.'),
        applied_revision: count.nullable().describe('What the node says that it runs.'),
        refused: refusedPolicy.nullable(),
        since: timestamp.nullable().describe('Since when it has this to run; null where that is forgotten.'),
      }),
    ),
  })
  .meta({ id: 'RunningPolicies', description: 'What runs where.' });

export type RevisionSummary = z.output<typeof revisionSummary>;
export type RevisionDetail = z.output<typeof revisionDetail>;
export type RolloutView = z.output<typeof rolloutView>;
export type PoliciesPage = z.output<typeof policiesPage>;
export type ScopePolicy = z.output<typeof scopePolicy>;
export type PolicyAnswer = z.output<typeof policyAnswer>;
export type RunningPolicies = z.output<typeof runningPolicies>;

/** Policy of the fleet in words, for a terminal. */
import type {
  PoliciesPage,
  PolicyAnswer,
  RevisionSummary,
  RolloutView,
  RunningPolicies,
} from '../messages/policy-views.ts';
import { printable } from './printable.ts';

export function describeAnswer({ revision, scope, based_on: basedOn, diff, plan }: PolicyAnswer): string {
  const steps = plan.shares.map((share) => `${Number((share * 100).toFixed(2))} %`).join(', ');
  return [
    `Revision ${revision} of ${printable(scope)}, based on ${basedOn === 0 ? 'nothing' : `revision ${basedOn}`}.`,
    `It is being rolled out to ${steps} of the nodes, each step observed for ${plan.observe_seconds} s.`,
    ...(diff === '' ? [] : ['', diff.trimEnd()]),
  ].join('\n');
}

export function describePolicies({ stable, rollout, revisions }: PoliciesPage): string {
  return [
    ...(stable.length === 0 ? ['No policy is stable: nodes run their own configuration.'] : []),
    ...stable.map(({ scope, revision }) => `${printable(scope)} stands at revision ${revision}.`),
    rollout === null ? 'No rollout is under way.' : describeRollout(rollout),
    ...(revisions.length === 0 ? [] : ['', ...revisions.map(describeRevision)]),
  ].join('\n');
}

function describeRollout({
  revision,
  scope,
  plan,
  step,
  nodes,
  paused,
  waits_for: waitsFor,
}: RolloutView): string {
  const where = `Revision ${revision} of ${printable(scope)} is on ${nodes} nodes, step ${step + 1} of ${plan.shares.length}`;
  if (paused !== null) return `${where}; paused: ${printable(paused)}.`;
  return waitsFor === null ? `${where}.` : `${where}; ${waitsFor}.`;
}

function describeRevision({ revision, scope, author, note, at, outcome, reason }: RevisionSummary): string {
  const state = outcome === null ? 'under way' : outcome === 'complete' ? 'complete' : 'rolled back';
  const why = outcome === 'rolled_back' ? `: ${printable(reason ?? '')}` : '';
  const by = `${author.kind} ${author.id}`;
  return `${revision}  ${at}  ${printable(scope)}  ${state}${why}  (${by})${note === '' ? '' : `  ${printable(note)}`}`;
}

export function describeRunning({ nodes }: RunningPolicies): string {
  if (nodes.length === 0) return 'No node has joined the fleet.';
  return nodes
    .map(
      ({ node_id: id, group, status, assigned_revision: assigned, applied_revision: applied, refused }) => {
        const runs =
          applied === assigned ? `runs ${applied}` : `runs ${applied ?? 'unknown'}, has ${assigned} to run`;
        const refusal = refused === null ? '' : `, refused ${refused.revision}: ${printable(refused.reason)}`;
        return `${id}  ${printable(group)}  ${status}  ${runs}${refusal}`;
      },
    )
    .join('\n');
}

export interface Progress {
  readonly text: string;
  /** How it ended; null while it goes on. */
  readonly outcome: 'complete' | 'rolled_back' | null;
}

/** How far the rollout of one revision has come. */
export function describeProgress({ rollout, revisions }: PoliciesPage, revision: number): Progress {
  if (rollout?.revision === revision) return { text: describeRollout(rollout), outcome: null };
  const ended = revisions.find((found) => found.revision === revision);
  const outcome = ended?.outcome ?? null;
  const words = outcome === 'complete' ? 'is complete' : 'was rolled back';
  const text = `Revision ${revision} ${words}: ${printable(ended?.reason ?? 'it is not remembered any more')}.`;
  return { text, outcome: outcome ?? 'rolled_back' };
}

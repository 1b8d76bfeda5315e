/** Policy as the API shows it. */
import { unifiedDiff } from '../../core/line-diff.ts';
import { toTimestamp } from '../../core/timestamp.ts';
import type { FleetPolicies, PolicyRevision } from '../../fleet/fleet-policies.ts';
import type { NodeInfo } from '../../messages/node-info.ts';
import type {
  PoliciesPage,
  RevisionDetail,
  RevisionSummary,
  RolloutView,
  RunningPolicies,
  ScopePolicy,
} from '../../messages/policy-views.ts';
import type { NodeStanding } from './node-standing.ts';

const STEP_NODES_SHOWN_MAX = 100;

export interface RevisionsRequest {
  readonly limit: number;
  /** Only older ones; null begins with the newest. */
  readonly before: number | null;
}

export function toPoliciesPage(
  policies: FleetPolicies,
  { limit, before }: RevisionsRequest,
  waitsFor: string | null,
): PoliciesPage {
  const all = policies.revisions();
  const older = before === null ? all : all.filter(({ revision }) => revision < before);
  const shown = older.slice(-limit).toReversed();
  return {
    stable: policies.scopes().map((scope) => ({ scope, revision: policies.stableOf(scope) })),
    rollout: toRolloutView(policies, waitsFor),
    revisions: shown.map((written) => toSummary(policies, written)),
    total: all.length,
    next: older.length > limit ? String(shown.at(-1)?.revision) : null,
  };
}

export function toRevisionDetail(policies: FleetPolicies, written: PolicyRevision): RevisionDetail {
  const { toml, based_on: basedOn } = written;
  const before = basedOn === 0 ? '' : policies.get(basedOn)?.toml;
  const diff = before === undefined ? null : unifiedDiff(before, toml);
  return { ...toSummary(policies, written), toml, diff };
}

/** Null for a scope without a layer. */
export function toScopePolicy(policies: FleetPolicies, scope: string): ScopePolicy | null {
  const head = policies.get(policies.headOf(scope));
  return head === undefined ? null : { scope, revision: head.revision, toml: head.toml };
}

/** What runs where: each node with what it has to run and what it says that it runs. */
export function toRunningPolicies(
  policies: FleetPolicies,
  nodes: readonly NodeInfo[],
  standings: readonly NodeStanding[],
): RunningPolicies {
  const infos = new Map(nodes.map((info) => [info.node_id, info]));
  return {
    newest: policies.newest,
    nodes: standings.flatMap(({ place, appliedRevision, refused }) => {
      const info = infos.get(place.id);
      if (info === undefined) return [];
      const { revision, layers } = policies.orderFor(place);
      return {
        node_id: place.id,
        group: place.group,
        status: info.status,
        assigned_revision: revision,
        layers: layers.map((layer) => ({ scope: layer.scope, revision: layer.revision })),
        applied_revision: appliedRevision,
        refused,
        since: sinceOf(policies, revision),
      };
    }),
  };
}

function toRolloutView({ rollout }: FleetPolicies, waitsFor: string | null): RolloutView | null {
  if (rollout === null) return null;
  const { revision, scope, plan, step, paused } = rollout;
  return {
    ...{ revision, scope, plan, step, paused },
    step_at: toTimestamp(rollout.step_at_ms),
    nodes: rollout.nodes.length,
    step_nodes: rollout.step_nodes.slice(0, STEP_NODES_SHOWN_MAX),
    waits_for: waitsFor,
  };
}

function toSummary(policies: FleetPolicies, written: PolicyRevision): RevisionSummary {
  const { revision, scope, based_on, by, note, at_ms: atMs } = written;
  const end = policies.endOf(revision);
  return {
    ...{ revision, scope, based_on, author: by, note },
    at: toTimestamp(atMs),
    outcome: end?.outcome ?? null,
    reason: end?.reason ?? null,
    ended_at: end === undefined ? null : toTimestamp(end.at_ms),
  };
}

/** A rollout tells when its last step was; what is stable is so since the end of its rollout. */
function sinceOf(policies: FleetPolicies, revision: number): string | null {
  const { rollout } = policies;
  const atMs = rollout?.revision === revision ? rollout.step_at_ms : policies.endOf(revision)?.at_ms;
  return atMs === undefined ? null : toTimestamp(atMs);
}

/**
 * Where policy is decided: an edit is checked by the schema that nodes check with, held against what its author had before
 * them, and becomes a revision together with its rollout, in one piece. What an operator says about a rollout is decided
 * here too; what it does by itself is in `rollout-driver.ts`.
 */
import { formatFault } from '../../config/fault.ts';
import { checkPolicyText } from '../../config/policy-text.ts';
import { unifiedDiff } from '../../core/line-diff.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { type FleetPolicies, type Rollout, SCOPES_MAX } from '../../fleet/fleet-policies.ts';
import type { PolicyScope, RolloutPlan } from '../../messages/entries/policies.ts';
import type { Author, EntryBody } from '../../messages/ledger-entry.ts';
import type { PlanWish } from '../../messages/policy-request.ts';
import type { FleetHub } from '../channel/fleet-hub.ts';
import { type DeskFault, toDeskFault } from '../desk-fault.ts';
import type { Draft, LedgerFault } from '../ledger/ledger.ts';
import { makePlan, type RolloutSettings } from './rollout-plan.ts';

export type EditFaultCode =
  | 'invalid_policy'
  | 'invalid_body'
  | 'precondition_required'
  | 'stale_revision'
  | 'rollout_running'
  | 'unknown_revision'
  | 'too_many_scopes'
  | 'store_unavailable';

export type OrderFaultCode = 'no_rollout' | 'store_unavailable';

export interface PolicyFault<Code extends string = EditFaultCode> extends DeskFault<Code> {
  readonly errors?: { path: string; message: string }[];
}

export interface PolicyWish {
  readonly scope: PolicyScope;
  readonly toml: string;
  readonly note: string;
  readonly plan: PlanWish;
  /** The revision of the scope that the author had before them, 0 for none; null where they did not say. */
  readonly basedOn: number | null;
}

/** An edit that can be accepted as things stand, or was. */
export interface CheckedEdit {
  /** Null for one that was only checked. */
  readonly revision: number | null;
  readonly basedOn: number;
  readonly diff: string;
  readonly plan: RolloutPlan;
}

export interface AcceptedEdit extends CheckedEdit {
  readonly revision: number;
}

/** What an operator may say about the rollout under way. */
export type RolloutOrder =
  | { readonly kind: 'pause'; readonly reason: string }
  | { readonly kind: 'resume' }
  | { readonly kind: 'rollback'; readonly reason: string };

const HOW_TO_GO_ON =
  'wait until it has ended, resume it with POST /api/v1/policies/rollout/resume where it is paused, or take it back with POST /api/v1/policies/rollout/rollback';

export class PolicyDesk {
  readonly #hub: FleetHub;
  readonly #settings: RolloutSettings;

  constructor(hub: FleetHub, settings: RolloutSettings) {
    this.#hub = hub;
    this.#settings = settings;
  }

  /** What would become of an edit now; nothing is decided. */
  check(wish: PolicyWish): Result<CheckedEdit, PolicyFault> {
    const plan = this.#read(wish);
    return plan.ok ? place(wish, plan.value, this.#hub.state.policies) : plan;
  }

  /** Makes an edit a revision and starts its rollout; resolves once both are durable. */
  async accept(wish: PolicyWish, by: Author): Promise<Result<AcceptedEdit, PolicyFault>> {
    const plan = this.#read(wish);
    if (!plan.ok) return plan;
    let accepted: AcceptedEdit | null = null;
    const decided = await this.#hub.decideOn<PolicyFault>(({ policies }) => {
      const placed = place(wish, plan.value, policies);
      if (!placed.ok) return placed;
      accepted = { ...placed.value, revision: policies.newest + 1 };
      return ok(draftsOf(wish, accepted, by));
    });
    return toResult(decided, () => accepted);
  }

  /** Writes the text of an earlier revision anew, as the newest one of its scope. */
  async restore(
    revision: number,
    basedOn: number | null,
    by: Author,
  ): Promise<Result<AcceptedEdit & { readonly scope: PolicyScope }, PolicyFault>> {
    const { policies } = this.#hub.state;
    const earlier = policies.get(revision);
    if (earlier === undefined) return fail(unknownRevision(revision));
    const { scope, toml } = earlier;
    const note = `restores revision ${revision}`;
    const wish = { scope, toml, note, plan: {}, basedOn: basedOn ?? policies.headOf(scope) };
    const accepted = await this.accept(wish, by);
    return accepted.ok ? ok({ ...accepted.value, scope }) : accepted;
  }

  /** Pauses, resumes or takes back the rollout under way; resolves with its revision. */
  async order(order: RolloutOrder, by: Author): Promise<Result<number, PolicyFault<OrderFaultCode>>> {
    let revision: number | null = null;
    const decided = await this.#hub.decideOn<PolicyFault<OrderFaultCode>>(({ policies: { rollout } }) => {
      if (rollout === null) return fail({ code: 'no_rollout', detail: 'No rollout is under way.' });
      revision = rollout.revision;
      const { paused, step } = rollout;
      const body = entryOf(order, rollout);
      return ok(body === null ? [] : [{ by, before: { paused, step }, body }]);
    });
    return toResult(decided, () => revision);
  }

  /** What can be said of an edit by itself. */
  #read({ toml, plan }: PolicyWish): Result<RolloutPlan, PolicyFault> {
    const checked = checkPolicyText(toml);
    if (!checked.ok) {
      const errors = checked.fault.map((fault) => ({ path: fault.path, message: formatFault(fault) }));
      const detail = `Nothing was changed; ${errors.length === 1 ? 'the text has a fault' : `the text has ${errors.length} faults`}.`;
      return fail({ code: 'invalid_policy', detail, errors });
    }
    const made = makePlan(plan, this.#settings);
    if (made.ok) return made;
    return fail({
      code: 'invalid_body',
      detail: `The plan cannot be used: ${made.fault}.`,
      errors: [{ path: 'plan.shares', message: made.fault }],
    });
  }
}

export function unknownRevision(revision: number | string): PolicyFault {
  return {
    code: 'unknown_revision',
    detail: `Revision ${revision} does not exist, or is not at hand any more.`,
  };
}

/** Holds an edit against what is in force. */
function place(
  { scope, toml, basedOn }: PolicyWish,
  plan: RolloutPlan,
  policies: FleetPolicies,
): Result<CheckedEdit, PolicyFault> {
  const { rollout } = policies;
  const head = policies.headOf(scope);
  if (basedOn === null && head !== 0) {
    const detail = `${scope} stands at revision ${head}: send If-Match: "${head}" if the edit is based on it.`;
    return fail({ code: 'precondition_required', detail });
  }
  if (basedOn !== null && basedOn !== head) {
    const detail = `${scope} stands at revision ${head}, and the edit is based on ${basedOn}: read the newest, and edit that.`;
    return fail({ code: 'stale_revision', detail });
  }
  if (rollout !== null) {
    const detail = `Revision ${rollout.revision} of ${rollout.scope} is being rolled out: ${HOW_TO_GO_ON}.`;
    return fail({ code: 'rollout_running', detail });
  }
  if (head === 0 && policies.scopes().length >= SCOPES_MAX) {
    const detail = `${SCOPES_MAX} scopes have policy of their own already: give one that is not needed an empty text first.`;
    return fail({ code: 'too_many_scopes', detail });
  }
  return ok({ revision: null, basedOn: head, diff: unifiedDiff(policies.get(head)?.toml ?? '', toml), plan });
}

function draftsOf(
  { scope, toml, note }: PolicyWish,
  { revision, basedOn, plan }: AcceptedEdit,
  by: Author,
): readonly Draft[] {
  const before = basedOn === 0 ? null : { revision: basedOn };
  return [
    { by, before, body: { kind: 'policy_accepted', revision, scope, toml, based_on: basedOn, note } },
    { by, before, body: { kind: 'rollout_started', revision, plan } },
  ];
}

/** Null where the rollout is as it is wanted already. */
function entryOf(order: RolloutOrder, { revision, paused }: Rollout): EntryBody | null {
  switch (order.kind) {
    case 'pause':
      return paused === order.reason ? null : { kind: 'rollout_paused', revision, reason: order.reason };
    case 'resume':
      return paused === null ? null : { kind: 'rollout_resumed', revision };
    case 'rollback':
      return { kind: 'rollout_ended', revision, outcome: 'rolled_back', reason: order.reason };
  }
}

/** What was decided, as it was drafted last. */
function toResult<Value, Code extends string>(
  decided: Result<unknown, PolicyFault<Code> | LedgerFault>,
  value: () => Value | null,
): Result<Value, PolicyFault<Code | 'store_unavailable'>> {
  if (!decided.ok) return fail(toDeskFault(decided.fault));
  const drafted = value();
  return drafted === null ? fail({ code: 'store_unavailable', detail: 'Nothing was decided.' }) : ok(drafted);
}

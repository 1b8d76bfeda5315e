/** Where certificates of members are renewed and revoked. */
import { fail, ok, type Result } from '../../core/result.ts';
import type { FleetMembers } from '../../fleet/fleet-members.ts';
import type { Author } from '../../messages/ledger-entry.ts';
import { type DeskFault, toDeskFault } from '../desk-fault.ts';
import { type Enrolled, type EnrolmentDeps, memberBefore } from './enrolment-desk.ts';

type MemberFault = DeskFault<'not_a_member' | 'renewed_too_early'>;
type RenewalFault = MemberFault | DeskFault<'unusable_csr' | 'store_unavailable'>;

/** A certificate with more than this share of its time ahead is not renewed: each renewal is an entry for ever. */
const FRESH_SHARE = 0.9;

export class CertificateDesk {
  readonly #deps: EnrolmentDeps;

  constructor(deps: EnrolmentDeps) {
    this.#deps = deps;
  }

  /** Another certificate for a member; the one before holds until it ends. */
  async renew(nodeId: string, csr: string): Promise<Result<Enrolled, RenewalFault>> {
    const { hub, authority, nodeLifetimeMs: lifetimeMs } = this.#deps;
    const checked = this.#check(hub.state.members, nodeId);
    if (!checked.ok) return checked;
    const issued = await authority.issueClient(csr, nodeId, { wallMs: hub.wallMs(), lifetimeMs });
    if (!issued.ok)
      return fail({ code: 'unusable_csr', detail: `The certificate request: ${issued.fault}.` });
    const { serial, expiresAtMs, certPem } = issued.value;
    const decided = await hub.decideOn<MemberFault>((state) => {
      const again = this.#check(state.members, nodeId);
      if (!again.ok) return again;
      return ok([
        {
          by: { kind: 'node', id: nodeId },
          before: memberBefore(state, nodeId),
          body: { kind: 'certificate_renewed', node: nodeId, serial, expires_at_ms: expiresAtMs },
        },
      ]);
    });
    if (!decided.ok) return fail(toDeskFault(decided.fault));
    return ok({ nodeId, certPem, caPem: authority.certPem });
  }

  #check(members: FleetMembers, nodeId: string): Result<void, MemberFault> {
    const nowMs = this.#deps.hub.wallMs();
    if (!members.isMember(nodeId, nowMs)) {
      return fail({ code: 'not_a_member', detail: `No certificate of the node ${nodeId} is valid.` });
    }
    const ends = members.member(nodeId)?.serials.map(({ expires_at_ms: expiresAtMs }) => expiresAtMs) ?? [];
    if (Math.max(...ends) - nowMs > this.#deps.nodeLifetimeMs * FRESH_SHARE) {
      return fail({ code: 'renewed_too_early', detail: 'The newest certificate of the node is fresh.' });
    }
    return ok(undefined);
  }
}

/** Lets no certificate of the node admit any more; the number of the decision, also where it was made before. */
export async function revokeNode(
  { hub }: Pick<EnrolmentDeps, 'hub'>,
  wish: { readonly nodeId: string; readonly reason: string },
  by: Author,
): Promise<Result<number, DeskFault<'not_a_member' | 'store_unavailable'>>> {
  const { nodeId, reason } = wish;
  const decided = await hub.decideOn<DeskFault<'not_a_member'>>((state) => {
    const member = state.members.member(nodeId);
    if (member === undefined) {
      return fail({ code: 'not_a_member', detail: `The node ${nodeId} was never enrolled.` });
    }
    if (member.revoked !== null) return ok([]);
    const before = memberBefore(state, nodeId);
    return ok([{ by, before, body: { kind: 'node_revoked', node: nodeId, reason } }]);
  });
  if (!decided.ok) return fail(toDeskFault(decided.fault));
  return ok(decided.value.at(-1)?.seq ?? hub.state.seq);
}

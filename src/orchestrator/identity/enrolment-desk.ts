/**
 * Where nodes become members: tokens for one enrolment each are made here, and given up for a first certificate.
 *
 * The certificate is signed before it is decided that the token is used up, and handed out only afterwards: of two that come
 * with one token at the same time exactly one is enrolled, and a signed certificate that no decision names admits nobody.
 */
import { randomUUID } from 'node:crypto';
import { fail, ok, type Result } from '../../core/result.ts';
import { TOKENS_MAX } from '../../fleet/fleet-members.ts';
import type { FleetState } from '../../fleet/fleet-state.ts';
import type { EnrolmentRequest } from '../../messages/enrolment.ts';
import type { Author, EntryBody } from '../../messages/ledger-entry.ts';
import type { CertificateAuthority, IssuedToClient } from '../../tls/authority/certificate-authority.ts';
import type { FleetHub } from '../channel/fleet-hub.ts';
import { type DeskFault, toDeskFault } from '../desk-fault.ts';
import type { Draft } from '../ledger/ledger.ts';
import {
  createSecret,
  formatEnrolmentToken,
  hashFast,
  matchesFast,
  type NamedSecret,
  parseEnrolmentToken,
} from './secrets.ts';

export interface EnrolmentDeps {
  readonly hub: FleetHub;
  readonly authority: CertificateAuthority;
  /** How long certificates of nodes hold. */
  readonly nodeLifetimeMs: number;
}

export interface EnrolmentWish {
  readonly minutes: number;
  /** Null leaves it to the node. */
  readonly group: string | null;
  readonly note: string;
}

export interface MadeEnrolmentToken {
  readonly id: string;
  /** Shown this once. */
  readonly text: string;
  readonly expiresAtMs: number;
}

export interface Enrolled {
  readonly nodeId: string;
  readonly certPem: string;
  readonly caPem: string;
}

type TokenFault = DeskFault<'too_many_tokens'>;
type MemberFault = DeskFault<'already_enrolled' | 'enrolment_refused' | 'fleet_full'>;
export type EnrolmentFault = MemberFault | DeskFault<'unusable_csr' | 'store_unavailable'>;

interface Wish {
  readonly secret: NamedSecret;
  readonly nodeId: string;
}

const MINUTE_MS = 60_000;
/** Certificates for one enrolment, where answers are lost again and again. */
const ANSWERS_MAX = 4;
const REFUSED: MemberFault = {
  code: 'enrolment_refused',
  detail: 'This enrolment token does not exist or is used up; make another one with secbeat enroll-token.',
};

export class EnrolmentDesk {
  readonly #deps: EnrolmentDeps;

  constructor(deps: EnrolmentDeps) {
    this.#deps = deps;
  }

  get authority(): CertificateAuthority {
    return this.#deps.authority;
  }

  async makeToken(
    wish: EnrolmentWish,
    by: Author,
  ): Promise<Result<MadeEnrolmentToken, TokenFault | DeskFault<'store_unavailable'>>> {
    const { hub } = this.#deps;
    const secret = createSecret();
    const expiresAtMs = hub.wallMs() + wish.minutes * MINUTE_MS;
    const decided = await hub.decideOn<TokenFault>((state) => {
      const standing = state.members.enrolmentTokens();
      const open = standing.filter(({ expires_at_ms: endsAtMs }) => endsAtMs > hub.wallMs());
      if (open.length >= TOKENS_MAX) {
        const detail = `${TOKENS_MAX} enrolment tokens are open already; wait until some are used or have expired.`;
        return fail({ code: 'too_many_tokens', detail });
      }
      const facts = { id: secret.id, hash: hashFast(secret.secret), note: wish.note, group: wish.group };
      return ok([{ by, body: { kind: 'enrolment_token_made', ...facts, expires_at_ms: expiresAtMs } }]);
    });
    if (!decided.ok) return fail(toDeskFault(decided.fault));
    return ok({ id: secret.id, text: formatEnrolmentToken(secret), expiresAtMs });
  }

  /** Whether the token was given out here: all others are refused without work, however many come. */
  knows({ token, node_id }: Pick<EnrolmentRequest, 'token' | 'node_id'>): boolean {
    const { state } = this.#deps.hub;
    const secret = parseEnrolmentToken(token);
    if (secret === null) return false;
    const open = state.members.enrolmentToken(secret.id);
    if (open !== undefined) return matchesFast(secret.secret, open.hash);
    return node_id !== null && hasUsed(state, { secret, nodeId: node_id });
  }

  /**
   * Gives up a token for a certificate; without an id of its own the node gets one. A node that comes again with the same
   * token and key has not heard the answer, and gets another certificate.
   */
  async enrol({ token, csr, node_id }: EnrolmentRequest): Promise<Result<Enrolled, EnrolmentFault>> {
    const { hub, authority, nodeLifetimeMs: lifetimeMs } = this.#deps;
    const nodeId = node_id ?? randomUUID();
    const secret = parseEnrolmentToken(token);
    if (secret === null) return fail(REFUSED);
    const wish = { secret, nodeId };
    // Only whoever holds a token, or held it, can make the authority sign.
    if (!hasUsed(hub.state, wish)) {
      const checked = this.#check(hub.state, wish);
      if (!checked.ok) return checked;
    }
    const issued = await authority.issueClient(csr, nodeId, { wallMs: hub.wallMs(), lifetimeMs });
    if (!issued.ok)
      return fail({ code: 'unusable_csr', detail: `The certificate request: ${issued.fault}.` });
    const decided = await hub.decideOn<MemberFault>((state) => {
      const body = this.#decide(state, wish, issued.value);
      if (!body.ok) return body;
      const by = { kind: 'node' as const, id: nodeId };
      return ok([{ by, before: memberBefore(state, nodeId), body: body.value }]);
    });
    if (!decided.ok) return fail(toDeskFault(decided.fault));
    return ok({ nodeId, certPem: issued.value.certPem, caPem: authority.certPem });
  }

  #decide(state: FleetState, wish: Wish, issued: IssuedToClient): Result<EntryBody, MemberFault> {
    const { secret, nodeId } = wish;
    const { serial, keyFingerprint: key, expiresAtMs } = issued;
    const certificate = { node: nodeId, serial, expires_at_ms: expiresAtMs };
    if (hasUsed(state, wish)) {
      const { serials = [], enrolment } = state.members.member(nodeId) ?? {};
      const isSame = enrolment?.key === key && serials.length > 0 && serials.length < ANSWERS_MAX;
      return isSame ? ok({ kind: 'certificate_renewed', ...certificate }) : fail(REFUSED);
    }
    const checked = this.#check(state, wish);
    if (!checked.ok) return checked;
    return ok({ kind: 'node_enrolled', ...certificate, token: secret.id, key });
  }

  #check(state: FleetState, { secret, nodeId }: Wish): Result<void, MemberFault> {
    const nowMs = this.#deps.hub.wallMs();
    const kept = state.members.enrolmentToken(secret.id);
    if (kept === undefined || !matchesFast(secret.secret, kept.hash)) return fail(REFUSED);
    if (kept.expires_at_ms <= nowMs) {
      const detail = 'This enrolment token has expired; make another one with secbeat enroll-token.';
      return fail({ code: 'enrolment_refused', detail });
    }
    // A token is for a new node; it does not let its holder take the place of one that is there.
    if (state.members.isMember(nodeId, nowMs)) {
      const detail = `The node ${nodeId} has a certificate; revoke it first, or let the node have another id.`;
      return fail({ code: 'already_enrolled', detail });
    }
    if (!state.members.hasRoomFor(nodeId, nowMs)) {
      const detail = 'The fleet has as many members as it can have; revoke those that are gone.';
      return fail({ code: 'fleet_full', detail });
    }
    return ok(undefined);
  }
}

/** Whether the node was enrolled with this very token. */
function hasUsed(state: FleetState, { secret, nodeId }: Wish): boolean {
  const { enrolment } = state.members.member(nodeId) ?? {};
  return (
    enrolment !== undefined && enrolment.token === secret.id && matchesFast(secret.secret, enrolment.hash)
  );
}

/** What stands of a node, for the audit. */
export function memberBefore(state: FleetState, nodeId: string): NonNullable<Draft['before']> | null {
  const member = state.members.member(nodeId);
  return member === undefined ? null : { serials: member.serials, revoked: member.revoked };
}

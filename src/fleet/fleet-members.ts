/**
 * Who may speak, folded from the ledger: certificates of nodes, tokens of people and programs, tokens for enrolment.
 *
 * It is a list of what admits, not of what does not: a certificate whose serial number stands nowhere admits nobody.
 */
import type { Role } from '../messages/entries/identity.ts';
import type { EntryBody, LedgerEntry } from '../messages/ledger-entry.ts';

export interface Member {
  readonly node: string;
  /** Serial numbers that admit, with the end of each. */
  readonly serials: readonly { readonly serial: string; readonly expires_at_ms: number }[];
  readonly enrolled_at_ms: number;
  /** The enrolment token that is used up, with its hash, and the key that it was given up for. */
  readonly enrolment: { readonly token: string; readonly hash: string; readonly key: string };
  /** The group that it was taken in for; null leaves it to the node. */
  readonly group: string | null;
  /** Why none admits any more; null where the node is a member. */
  readonly revoked: string | null;
}

export interface ApiToken {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly hash: string;
  readonly expires_at_ms: number | null;
  readonly made_at_ms: number;
}

export interface EnrolmentToken {
  readonly id: string;
  readonly hash: string;
  readonly expires_at_ms: number;
  readonly note: string;
  readonly group: string | null;
}

export interface MembersSnapshot {
  readonly members: readonly Member[];
  readonly tokens: readonly ApiToken[];
  readonly enrolmentTokens: readonly EnrolmentToken[];
}

/** A certificate is renewed once or twice while the one before lasts. */
const SERIALS_MAX = 4;
/** With more, those whom no certificate admits any more are forgotten. */
const MEMBERS_MAX = 20_000;
/** Each of these is as many as anybody oversees. */
export const TOKENS_MAX = 1000;

export class FleetMembers {
  readonly #members = new Map<string, Member>();
  readonly #tokens = new Map<string, ApiToken>();
  readonly #enrolmentTokens = new Map<string, EnrolmentToken>();

  member(nodeId: string): Member | undefined {
    return this.#members.get(nodeId);
  }

  members(): readonly Member[] {
    return [...this.#members.values()];
  }

  /** Whether another node can become a member at `atMs`. */
  hasRoomFor(nodeId: string, atMs: number): boolean {
    if (this.#members.size < MEMBERS_MAX || this.#members.has(nodeId)) return true;
    return this.members().some((member) => !isAdmitted(member, atMs));
  }

  /** Whether a certificate of the node admits it at `atMs`. */
  isMember(nodeId: string, atMs: number): boolean {
    const member = this.#members.get(nodeId);
    return member !== undefined && isAdmitted(member, atMs);
  }

  /** Whether the certificate with this serial number speaks for the node at `atMs`. */
  admits(nodeId: string, serial: string, atMs: number): boolean {
    const serials = this.#members.get(nodeId)?.serials ?? [];
    return serials.some((known) => known.serial === serial && known.expires_at_ms > atMs);
  }

  token(id: string): ApiToken | undefined {
    return this.#tokens.get(id);
  }

  tokens(): readonly ApiToken[] {
    return [...this.#tokens.values()];
  }

  enrolmentToken(id: string): EnrolmentToken | undefined {
    return this.#enrolmentTokens.get(id);
  }

  enrolmentTokens(): readonly EnrolmentToken[] {
    return [...this.#enrolmentTokens.values()];
  }

  apply({ at_ms: atMs, body }: Pick<LedgerEntry, 'at_ms' | 'body'>): void {
    switch (body.kind) {
      case 'enrolment_token_made': {
        const { kind: _, ...token } = body;
        this.#dropOverdue(atMs);
        this.#enrolmentTokens.set(token.id, token);
        break;
      }
      case 'node_enrolled':
        this.#enrol(body, atMs);
        break;
      case 'certificate_renewed':
        this.#renew(body, atMs);
        break;
      case 'node_revoked': {
        const member = this.#members.get(body.node);
        if (member !== undefined)
          this.#members.set(body.node, { ...member, serials: [], revoked: body.reason });
        break;
      }
      case 'token_made': {
        const { kind: _, ...token } = body;
        this.#tokens.set(token.id, { ...token, made_at_ms: atMs });
        break;
      }
      case 'token_revoked':
        this.#tokens.delete(body.id);
        break;
    }
  }

  #enrol(
    { node, token, key, serial, expires_at_ms }: Extract<EntryBody, { kind: 'node_enrolled' }>,
    atMs: number,
  ): void {
    const { hash = '', group = null } = this.#enrolmentTokens.get(token) ?? {};
    this.#enrolmentTokens.delete(token);
    if (this.#members.size >= MEMBERS_MAX) this.#dropStrangers(atMs);
    this.#members.set(node, {
      node,
      serials: [{ serial, expires_at_ms }],
      enrolled_at_ms: atMs,
      enrolment: { token, hash, key },
      group,
      revoked: null,
    });
  }

  #renew(
    { node, serial, expires_at_ms }: { node: string; serial: string; expires_at_ms: number },
    atMs: number,
  ): void {
    const member = this.#members.get(node);
    if (member === undefined || member.revoked !== null) return;
    const serials = [...member.serials, { serial, expires_at_ms }].filter(
      (known) => known.expires_at_ms > atMs,
    );
    this.#members.set(node, { ...member, serials: serials.slice(-SERIALS_MAX) });
  }

  #dropStrangers(atMs: number): void {
    for (const member of this.members()) if (!isAdmitted(member, atMs)) this.#members.delete(member.node);
  }

  #dropOverdue(atMs: number): void {
    for (const { id, expires_at_ms: expiresAtMs } of this.#enrolmentTokens.values()) {
      if (expiresAtMs <= atMs) this.#enrolmentTokens.delete(id);
    }
  }

  snapshot(): MembersSnapshot {
    return { members: this.members(), tokens: this.tokens(), enrolmentTokens: this.enrolmentTokens() };
  }

  restore({ members, tokens, enrolmentTokens }: MembersSnapshot): void {
    this.#members.clear();
    this.#tokens.clear();
    this.#enrolmentTokens.clear();
    for (const member of members) this.#members.set(member.node, member);
    for (const token of tokens) this.#tokens.set(token.id, token);
    for (const token of enrolmentTokens) this.#enrolmentTokens.set(token.id, token);
  }
}

function isAdmitted({ serials }: Member, atMs: number): boolean {
  return serials.some(({ expires_at_ms: expiresAtMs }) => expiresAtMs > atMs);
}

/**
 * Where tokens of people and programs are made and revoked.
 *
 * Without a token that is configured, an admin's token must be the first to be made and the last to go: otherwise nobody
 * could make or revoke any.
 */
import { fail, ok, type Result } from '../../core/result.ts';
import { type ApiToken, TOKENS_MAX } from '../../fleet/fleet-members.ts';
import type { FleetState } from '../../fleet/fleet-state.ts';
import type { Role } from '../../messages/entries/identity.ts';
import type { Author } from '../../messages/ledger-entry.ts';
import type { FleetHub } from '../channel/fleet-hub.ts';
import { type DeskFault, toDeskFault } from '../desk-fault.ts';
import { createSecret, formatApiToken, hashSlow } from './secrets.ts';

export interface TokenDeskDeps {
  readonly hub: FleetHub;
  /** There is a token beside those of the ledger, an admin's. */
  readonly hasConfiguredToken: boolean;
}

export interface TokenWish {
  readonly name: string;
  readonly role: Role;
  /** Null for a token without an end. */
  readonly days: number | null;
}

export interface MadeToken {
  readonly id: string;
  /** Shown this once. */
  readonly text: string;
  readonly expiresAtMs: number | null;
}

type MakingFault = DeskFault<'admin_needed' | 'too_many_tokens'>;
type RevokingFault = DeskFault<'admin_needed' | 'unknown_token'>;
type Unavailable = DeskFault<'store_unavailable'>;

const DAY_MS = 86_400_000;

export class TokenDesk {
  readonly #deps: TokenDeskDeps;

  constructor(deps: TokenDeskDeps) {
    this.#deps = deps;
  }

  async make(
    { name, role, days }: TokenWish,
    by: Author,
  ): Promise<Result<MadeToken, MakingFault | Unavailable>> {
    const { hub } = this.#deps;
    const secret = createSecret();
    const hash = await hashSlow(secret.secret);
    const expiresAtMs = days === null ? null : hub.wallMs() + days * DAY_MS;
    const decided = await hub.decideOn<MakingFault>((state) => {
      if (state.members.tokens().length >= TOKENS_MAX) {
        return fail({
          code: 'too_many_tokens',
          detail: `There are ${TOKENS_MAX} tokens; revoke some first.`,
        });
      }
      const lasts = role === 'admin' && expiresAtMs === null;
      if (!lasts && !this.#hasOtherAdmin(state, null)) {
        const detail =
          'From the first token on every call needs one: make one with the role admin and without an end first.';
        return fail({ code: 'admin_needed', detail });
      }
      const facts = { id: secret.id, name, role, hash, expires_at_ms: expiresAtMs };
      return ok([{ by, body: { kind: 'token_made', ...facts } }]);
    });
    if (!decided.ok) return fail(toDeskFault(decided.fault));
    return ok({ id: secret.id, text: formatApiToken(secret), expiresAtMs });
  }

  /** Refuses every later call with the token; resolves with the number of the decision. */
  async revoke(id: string, by: Author): Promise<Result<number, RevokingFault | Unavailable>> {
    const { hub } = this.#deps;
    const decided = await hub.decideOn<RevokingFault>((state) => {
      const token = state.members.token(id);
      if (token === undefined) return fail({ code: 'unknown_token', detail: `There is no token ${id}.` });
      if (!this.#hasOtherAdmin(state, id)) {
        const detail =
          'This is the last token with the role admin and without an end; make another one first.';
        return fail({ code: 'admin_needed', detail });
      }
      const before = { name: token.name, role: token.role, expires_at_ms: token.expires_at_ms };
      return ok([{ by, before, body: { kind: 'token_revoked', id } }]);
    });
    if (!decided.ok) return fail(toDeskFault(decided.fault));
    return ok(decided.value.at(-1)?.seq ?? 0);
  }

  list(): readonly ApiToken[] {
    return this.#deps.hub.state.members.tokens();
  }

  #hasOtherAdmin(state: FleetState, id: string | null): boolean {
    if (this.#deps.hasConfiguredToken) return true;
    return state.members
      .tokens()
      .some((token) => token.id !== id && token.role === 'admin' && token.expires_at_ms === null);
  }
}

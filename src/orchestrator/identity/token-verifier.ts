/**
 * Whether a token is genuine.
 *
 * The slow hash is paid once for each token and process; later uses are held against a fast hash of the secret that was
 * found genuine. Tries before that are paced for each token and few at once, so that wrong secrets cannot take up the
 * processor; ids that do not exist cost nothing.
 *
 * Bounds: one remembered hash and one budget for each token that exists, `TRIES_AT_ONCE_MAX` slow hashes at once.
 */
import { timingSafeEqual } from 'node:crypto';
import type { Clock } from '../../core/clock.ts';
import type { ApiToken, FleetMembers } from '../../fleet/fleet-members.ts';
import { RequestBudget } from '../request-budget.ts';
import { matchesSlow, type NamedSecret, sha256 } from './secrets.ts';

export type TokenVerdict =
  | { readonly kind: 'genuine'; readonly token: ApiToken }
  | { readonly kind: 'refused' }
  | { readonly kind: 'expired' }
  /** Too many tries; this one was not looked at. */
  | { readonly kind: 'busy' };

const TRIES_AT_ONCE_MAX = 4;
const TRIES = { perSecond: 1, burst: 5 } as const;

interface Tries {
  /** Hash of the genuine secret, once it was given. */
  genuine: Buffer | null;
  readonly budget: RequestBudget;
  readonly underWay: Map<string, Promise<boolean>>;
}

export class TokenVerifier {
  readonly #members: () => FleetMembers;
  readonly #clock: Clock;
  readonly #tries = new Map<string, Tries>();
  #atOnce = 0;

  constructor(members: () => FleetMembers, clock: Clock) {
    this.#members = members;
    this.#clock = clock;
  }

  async verify({ id, secret }: NamedSecret): Promise<TokenVerdict> {
    const token = this.#members().token(id);
    if (token === undefined) {
      this.#tries.delete(id);
      return { kind: 'refused' };
    }
    const genuine = await this.#isGenuine(token, secret);
    if (genuine !== true) return { kind: genuine === null ? 'busy' : 'refused' };
    // It may have been revoked while the hash was made.
    if (this.#members().token(id) === undefined) return { kind: 'refused' };
    const over = token.expires_at_ms !== null && token.expires_at_ms <= this.#clock.wallMs();
    return over ? { kind: 'expired' } : { kind: 'genuine', token };
  }

  /** Null where it was not looked at. */
  async #isGenuine(token: ApiToken, secret: string): Promise<boolean | null> {
    const tries = this.#triesOf(token.id);
    const given = sha256(secret);
    if (tries.genuine !== null) return timingSafeEqual(tries.genuine, given);
    const key = given.toString('hex');
    const known = tries.underWay.get(key);
    if (known !== undefined) return await known;
    if (this.#atOnce >= TRIES_AT_ONCE_MAX || !tries.budget.take(this.#clock.nowMs())) return null;
    this.#atOnce += 1;
    const trying = matchesSlow(secret, token.hash);
    tries.underWay.set(key, trying);
    const matches = await trying;
    tries.underWay.delete(key);
    this.#atOnce -= 1;
    if (matches) tries.genuine = given;
    return matches;
  }

  #triesOf(id: string): Tries {
    const known = this.#tries.get(id);
    if (known !== undefined) return known;
    this.#dropRevoked();
    const budget = new RequestBudget(TRIES, this.#clock.nowMs());
    const tries: Tries = { genuine: null, budget, underWay: new Map() };
    this.#tries.set(id, tries);
    return tries;
  }

  #dropRevoked(): void {
    const members = this.#members();
    for (const id of this.#tries.keys()) if (members.token(id) === undefined) this.#tries.delete(id);
  }
}

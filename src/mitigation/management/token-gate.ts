/**
 * Decides whether a request carries the right bearer token (RFC 6750 section 2.1).
 *
 * Both tokens are hashed before the comparison, which then takes the same time for any input of any length.
 * A client that failed too often is refused before anything is compared, right token or not: otherwise the
 * answers would still tell a guesser when it hit.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../../core/clock.ts';
import { AttemptLimiter } from './attempt-limiter.ts';

export type GateAnswer =
  | { readonly kind: 'granted' }
  | { readonly kind: 'denied' }
  | { readonly kind: 'throttled'; readonly retryAfterSeconds: number };

export class TokenGate {
  readonly #clock: Clock;
  readonly #limiter = new AttemptLimiter();
  #digest: Buffer;

  constructor(token: string, clock: Clock) {
    this.#clock = clock;
    this.#digest = digest(token);
  }

  /** Puts another token in force at once. */
  replaceToken(token: string): void {
    this.#digest = digest(token);
  }

  /** Judges an Authorization field; a missing one is denied but not counted, since it guesses nothing. */
  check(authorization: string | undefined, clientAddress: string): GateAnswer {
    const nowMs = this.#clock.nowMs();
    const waitMs = this.#limiter.waitMs(clientAddress, nowMs);
    if (waitMs > 0) return { kind: 'throttled', retryAfterSeconds: Math.ceil(waitMs / 1000) };
    if (authorization === undefined) return { kind: 'denied' };
    const token = /^bearer +([\x21-\x7e]+)$/i.exec(authorization)?.[1];
    if (token !== undefined && timingSafeEqual(digest(token), this.#digest)) return { kind: 'granted' };
    this.#limiter.recordFailure(clientAddress, nowMs);
    return { kind: 'denied' };
  }
}

function digest(token: string): Buffer {
  return createHash('sha256').update(token, 'utf8').digest();
}

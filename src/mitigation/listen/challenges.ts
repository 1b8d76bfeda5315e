/**
 * What a certificate authority may ask the node for to see that a name is its own: texts behind tokens over plain
 * HTTP (RFC 8555 section 8.3), and certificates for one handshake (RFC 8737). The main thread gives both, as whole
 * lists that replace the ones before.
 */
import type { ChallengeCertificate } from '../../tls/acme/challenge-certificate.ts';

export type ChallengeToken = readonly [token: string, keyAuthorization: string];
export type ChallengePair = readonly [name: string, certPem: string, keyPem: string];

/** The lists as they travel between threads. */
export interface ChallengeLists {
  readonly tokens: readonly ChallengeToken[];
  readonly certificates: readonly ChallengePair[];
}

export const NO_CHALLENGES: ChallengeLists = { tokens: [], certificates: [] };

export class Challenges {
  #tokens: ReadonlyMap<string, string>;
  #certificates: ReadonlyMap<string, ChallengeCertificate>;

  constructor(lists: ChallengeLists) {
    this.#tokens = new Map(lists.tokens);
    this.#certificates = byName(lists.certificates);
  }

  replace(lists: ChallengeLists): void {
    this.#tokens = new Map(lists.tokens);
    this.#certificates = byName(lists.certificates);
  }

  /** The text behind a token, or null. */
  answer(token: string): string | null {
    return this.#tokens.get(token) ?? null;
  }

  /** The certificate that proves a name, in canonical form, or null. */
  certificateOf(name: string): ChallengeCertificate | null {
    return this.#certificates.get(name) ?? null;
  }
}

function byName(pairs: readonly ChallengePair[]): ReadonlyMap<string, ChallengeCertificate> {
  return new Map(pairs.map(([name, certPem, keyPem]) => [name, { certPem, keyPem }]));
}

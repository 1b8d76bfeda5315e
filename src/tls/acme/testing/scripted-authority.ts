/**
 * A certificate authority without a network: answers each call by a script, and keeps what it was asked.
 *
 * It is well-behaved until a test replaces the answer of one resource.
 */
import { ok, type Result } from '../../../core/result.ts';
import type { AcmeAnswer, AcmeCall, AcmeCaller } from '../acme-call.ts';

/** What a resource answers; what is left out is as a well-behaved authority would have it. */
export interface ScriptedAnswer {
  readonly status?: number;
  readonly json?: unknown;
  readonly text?: string;
  readonly nonce?: string | null;
  readonly location?: string | null;
  readonly retryAfterMs?: number;
}

export interface SignedCall {
  readonly path: string;
  readonly header: Readonly<Record<string, unknown>>;
  /** Undefined where the payload is empty. */
  readonly payload: unknown;
}

export const AUTHORITY_URL = 'https://authority.example';
export const TOKEN = 'evaGxfADs6pSRb2LAv9IZf17Dt3juxGJ';

const DIRECTORY = {
  newNonce: `${AUTHORITY_URL}/nonce`,
  newAccount: `${AUTHORITY_URL}/account`,
  newOrder: `${AUTHORITY_URL}/orders`,
};

/** An order in a state, about the one authorization. */
export function orderIn(status: string, more: object = {}): object {
  return {
    status,
    authorizations: [`${AUTHORITY_URL}/authorization`],
    finalize: `${AUTHORITY_URL}/finalize`,
    ...more,
  };
}

/** An authorization in a state, for `shop.example`, with both challenges. */
export function authorizationIn(status: string, more: object = {}): object {
  const challenges = ['http-01', 'tls-alpn-01', 'dns-01'].map((type) => ({
    type,
    url: `${AUTHORITY_URL}/challenge`,
    token: TOKEN,
    ...more,
  }));
  return { status, identifier: { type: 'dns', value: 'shop.example' }, challenges };
}

export class ScriptedAuthority {
  /** `METHOD /path` of every call. */
  readonly calls: string[] = [];
  readonly signed: SignedCall[] = [];
  readonly #answers = new Map<string, (turn: number) => ScriptedAnswer>();
  readonly #turns = new Map<string, number>();
  #nonces = 0;

  constructor() {
    this.on('/directory', () => ({ json: DIRECTORY }));
    this.on('/nonce', () => ({}));
    this.on('/account', () => ({ status: 201, json: {}, location: `${AUTHORITY_URL}/account/1` }));
    this.on('/orders', () => ({
      status: 201,
      json: orderIn('pending'),
      location: `${AUTHORITY_URL}/order`,
    }));
    this.on('/authorization', (turn) => ({ json: authorizationIn(turn === 0 ? 'pending' : 'valid') }));
    this.on('/challenge', () => ({ json: {} }));
    this.on('/order', (turn) => ({
      json: turn === 0 ? orderIn('ready') : orderIn('valid', { certificate: `${AUTHORITY_URL}/chain` }),
    }));
    this.on('/finalize', () => ({ json: orderIn('processing') }));
    this.on('/chain', () => ({ text: 'the chain' }));
  }

  /** Replaces what a resource answers at its first, second, … call. */
  on(path: string, answer: (turn: number) => ScriptedAnswer): void {
    this.#answers.set(path, answer);
  }

  readonly call: AcmeCaller = (call) => Promise.resolve(this.#answer(call));

  #answer({ method, url, body }: AcmeCall): Result<AcmeAnswer, string> {
    const path = new URL(url).pathname;
    this.calls.push(`${method} ${path}`);
    if (body !== null) this.signed.push(decodeSigned(path, body));
    const turn = this.#turns.get(path) ?? 0;
    this.#turns.set(path, turn + 1);
    this.#nonces += 1;
    const answer = this.#answers.get(path)?.(turn) ?? { status: 404 };
    const { status = 200, json, text, retryAfterMs = 0, location = null } = answer;
    const nonce = answer.nonce === undefined ? `nonce-${this.#nonces}` : answer.nonce;
    return ok({
      status,
      body: Buffer.from(text ?? (json === undefined ? '' : JSON.stringify(json))),
      nonce,
      location,
      retryAfterMs,
    });
  }
}

function decodeSigned(path: string, body: string): SignedCall {
  const { protected: header, payload } = JSON.parse(body) as Record<string, string>;
  const read = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString());
  return { path, header: read(header!), payload: payload === '' ? undefined : read(payload!) };
}

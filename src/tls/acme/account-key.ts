/**
 * The key that the node is known by at certificate authorities, and what is signed with it (RFC 8555 section 6.2).
 *
 * An ECDSA P-256 key. Signatures come from jose; here is only which fields ACME wants in them.
 */
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { calculateJwkThumbprint, FlattenedSign, type JWK } from 'jose';
import { fail, ok, type Result } from '../../core/result.ts';

/** What stands in the protected header of a signed request. */
export interface SignedFields {
  readonly url: string;
  readonly nonce: string;
  /** The URL of the account; null while there is none, and the public key stands in its place. */
  readonly account: string | null;
}

/** The credentials of an account that the operator has outside of ACME (RFC 8555 section 7.3.4). */
export interface ExternalAccount {
  readonly keyId: string;
  /** The shared key, in base64url. */
  readonly hmacKey: string;
}

export class AccountKey {
  readonly #key: KeyObject;
  readonly #jwk: JWK;
  readonly #thumbprint: string;

  private constructor(key: KeyObject, jwk: JWK, thumbprint: string) {
    this.#key = key;
    this.#jwk = jwk;
    this.#thumbprint = thumbprint;
  }

  static async generate(): Promise<AccountKey> {
    return await AccountKey.#of(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey);
  }

  /** Reads a key as `toPem` writes it. */
  static async fromPem(pem: string): Promise<Result<AccountKey, string>> {
    try {
      const key = createPrivateKey(pem);
      if (key.asymmetricKeyDetails?.namedCurve !== 'prime256v1') return fail('is no ECDSA key on P-256');
      return ok(await AccountKey.#of(key));
    } catch {
      return fail('is no unencrypted private key in PEM form');
    }
  }

  toPem(): string {
    return this.#key.export({ type: 'pkcs8', format: 'pem' }) as string;
  }

  /** What a challenge is answered with (RFC 8555 section 8.1). */
  keyAuthorization(token: string): string {
    return `${token}.${this.#thumbprint}`;
  }

  /** A signed request body; a null payload asks for a resource (POST-as-GET). */
  async sign(payload: unknown, { url, nonce, account }: SignedFields): Promise<string> {
    const signer = account === null ? { jwk: this.#jwk } : { kid: account };
    return await signFlattened(payload, { alg: 'ES256', url, nonce, ...signer }, this.#key);
  }

  /** Shows that whoever holds the external account wants this key to act for it. */
  async bindTo({ keyId, hmacKey }: ExternalAccount, url: string): Promise<unknown> {
    const secret = new Uint8Array(Buffer.from(hmacKey, 'base64url'));
    return JSON.parse(await signFlattened(this.#jwk, { alg: 'HS256', kid: keyId, url }, secret));
  }

  static async #of(key: KeyObject): Promise<AccountKey> {
    const { kty = 'EC', crv, x, y } = createPublicKey(key).export({ format: 'jwk' });
    const jwk = { kty, crv, x, y } as JWK;
    return new AccountKey(key, jwk, await calculateJwkThumbprint(jwk));
  }
}

async function signFlattened(
  payload: unknown,
  header: Readonly<Record<string, unknown>> & { readonly alg: string },
  key: KeyObject | Uint8Array,
): Promise<string> {
  const text = payload === null ? '' : JSON.stringify(payload);
  const signed = await new FlattenedSign(new TextEncoder().encode(text)).setProtectedHeader(header).sign(key);
  return JSON.stringify(signed);
}

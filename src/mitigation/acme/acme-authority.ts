/** The authority as configured: how it is called, and the account there, opened when it is first needed. */
import { readFile } from 'node:fs/promises';
import type { Config } from '../../config/schema.ts';
import { messageOf } from '../../core/error-message.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { type AcmeCaller, createAcmeCaller } from '../../tls/acme/acme-call.ts';
import { type AcmeFault, authorityFault } from '../../tls/acme/acme-fault.ts';
import { AcmeSession } from '../../tls/acme/acme-session.ts';
import type { CertificateStore } from '../../tls/acme/certificate-store.ts';
import { fetchRenewalAdvice, type RenewalAdvice } from '../../tls/acme/renewal-info.ts';

export interface AcmeAuthorityOptions {
  readonly settings: Config['acme'];
  readonly store: CertificateStore;
  /** The program's version, which the authority is told. */
  readonly version: string;
  readonly wallMs: () => number;
}

export class AcmeAuthority {
  readonly #options: AcmeAuthorityOptions;
  #session: AcmeSession | null = null;

  constructor(options: AcmeAuthorityOptions) {
    this.#options = options;
  }

  /** The session with the account; opened anew after `forget`. */
  async session(signal: AbortSignal): Promise<Result<AcmeSession, AcmeFault>> {
    if (this.#session !== null) return ok(this.#session);
    const { settings, store } = this.#options;
    const call = await this.#caller();
    if (!call.ok) return fail(authorityFault(call.fault));
    const key = await store.loadAccountKey();
    if (!key.ok) return fail(authorityFault(key.fault));
    const { directory_url: directoryUrl, email = null, eab_key_id: keyId, eab_hmac_key: hmacKey } = settings;
    const externalAccount = keyId === undefined || hmacKey === undefined ? null : { keyId, hmacKey };
    const options = { directoryUrl, email, externalAccount, key: key.value, call: call.value };
    const session = await AcmeSession.open(options, signal);
    if (session.ok) this.#session = session.value;
    return session;
  }

  /** After a fault of the authority nothing that it said before is relied on. */
  forget(): void {
    this.#session = null;
  }

  /** What the authority says about a certificate's renewal; null where nothing could be had. */
  async advice(id: string, signal: AbortSignal): Promise<RenewalAdvice | null> {
    const call = await this.#caller();
    if (!call.ok) return null;
    const advice = await fetchRenewalAdvice(call.value, this.#options.settings.directory_url, id, signal);
    return advice.ok ? advice.value : null;
  }

  async #caller(): Promise<Result<AcmeCaller, string>> {
    const { settings, version, wallMs } = this.#options;
    const { trusted_ca_path: caPath } = settings;
    let trustedCaPem: string | null = null;
    if (caPath !== undefined) {
      try {
        trustedCaPem = await readFile(caPath, 'utf8');
      } catch (error) {
        return fail(`acme.trusted_ca_path cannot be read: ${messageOf(error)}`);
      }
    }
    return ok(createAcmeCaller({ trustedCaPem, userAgent: `SecBeat/${version}`, wallMs }));
  }
}

/**
 * One account at one certificate authority: reads its directory, opens or finds the account, and sends signed requests
 * one after another (RFC 8555 sections 6 and 7.3).
 *
 * Each request takes a nonce that the answer before it brought, or fetches one. A refused nonce is tried again with the
 * one that came with the refusal, a bounded number of times.
 */
import { fail, ok, type Result } from '../../core/result.ts';
import type { AccountKey, ExternalAccount } from './account-key.ts';
import type { AcmeAnswer, AcmeCaller } from './acme-call.ts';
import { type Directory, decodeDirectory, decodeProblem, parseFields } from './acme-documents.ts';
import { type AcmeFault, authorityFault, nameFault } from './acme-fault.ts';

export interface SessionOptions {
  readonly directoryUrl: string;
  /** Where the authority can write to; null for nowhere. */
  readonly email: string | null;
  readonly externalAccount: ExternalAccount | null;
  readonly key: AccountKey;
  readonly call: AcmeCaller;
}

const NONCE_ATTEMPTS_MAX = 10;

/** Faults that say something about the one name only; all others would meet every name. */
const NAME_FAULTS: ReadonlySet<string> = new Set([
  'badCSR',
  'caa',
  'connection',
  'dns',
  'incorrectResponse',
  'orderNotReady',
  // Most limits are for one name; the next name meets with its own refusal if this one was for all.
  'rateLimited',
  'rejectedIdentifier',
  'tls',
  'unsupportedIdentifier',
]);

export class AcmeSession {
  readonly key: AccountKey;
  readonly directory: Directory;
  readonly #call: AcmeCaller;
  #account: string | null = null;
  #nonce: string | null = null;

  private constructor({ key, call }: SessionOptions, directory: Directory) {
    this.key = key;
    this.directory = directory;
    this.#call = call;
  }

  /** Reads the directory and opens the account, or finds the one that the key already has. */
  static async open(options: SessionOptions, signal: AbortSignal): Promise<Result<AcmeSession, AcmeFault>> {
    const { directoryUrl, externalAccount } = options;
    const answer = await options.call({ method: 'GET', url: directoryUrl, body: null, signal });
    if (!answer.ok) return fail(authorityFault(`${directoryUrl} cannot be read: ${answer.fault}`));
    const { status, retryAfterMs, body } = answer.value;
    const fields = status === 200 ? parseFields(body) : null;
    if (fields === null)
      return fail(authorityFault(`${directoryUrl} is no directory (HTTP status ${status})`, retryAfterMs));
    const directory = decodeDirectory(fields);
    if (!directory.ok) return fail(authorityFault(directory.fault));
    if (directory.value.externalAccountRequired && externalAccount === null)
      return fail(authorityFault('the authority wants acme.eab_key_id and acme.eab_hmac_key'));
    const session = new AcmeSession(options, directory.value);
    const opened = await session.#openAccount(options, signal);
    return opened.ok ? ok(session) : opened;
  }

  /** Sends a signed request; a null payload asks for the resource. Any status but 2xx is a fault. */
  async post(url: string, payload: unknown, signal: AbortSignal): Promise<Result<AcmeAnswer, AcmeFault>> {
    for (let attempt = 1; ; attempt += 1) {
      const nonce = await this.#takeNonce(signal);
      if (!nonce.ok) return nonce;
      const body = await this.key.sign(payload, { url, nonce: nonce.value, account: this.#account });
      const answer = await this.#call({ method: 'POST', url, body, signal });
      if (!answer.ok) return fail(authorityFault(answer.fault));
      this.#nonce = answer.value.nonce;
      if (answer.value.status >= 200 && answer.value.status <= 299) return ok(answer.value);
      const problem = decodeProblem(parseFields(answer.value.body));
      if (problem?.kind !== 'badNonce' || attempt === NONCE_ATTEMPTS_MAX) return fail(faultOf(answer.value));
    }
  }

  async #openAccount(options: SessionOptions, signal: AbortSignal): Promise<Result<void, AcmeFault>> {
    const { email, externalAccount } = options;
    const { newAccount } = this.directory;
    const payload = {
      termsOfServiceAgreed: true,
      ...(email === null ? {} : { contact: [`mailto:${email}`] }),
      ...(externalAccount === null
        ? {}
        : { externalAccountBinding: await this.key.bindTo(externalAccount, newAccount) }),
    };
    const answer = await this.post(newAccount, payload, signal);
    if (!answer.ok) return fail(authorityFault(answer.fault.message, answer.fault.retryAfterMs));
    if (answer.value.location === null) return fail(authorityFault('the account has no URL'));
    this.#account = answer.value.location;
    return ok(undefined);
  }

  async #takeNonce(signal: AbortSignal): Promise<Result<string, AcmeFault>> {
    const kept = this.#nonce;
    this.#nonce = null;
    if (kept !== null) return ok(kept);
    const call = { method: 'HEAD', url: this.directory.newNonce, body: null, signal } as const;
    const answer = await this.#call(call);
    if (!answer.ok) return fail(authorityFault(`no nonce: ${answer.fault}`));
    const { nonce, status, retryAfterMs } = answer.value;
    return nonce === null
      ? fail(authorityFault(`the authority gives no nonce (HTTP status ${status})`, retryAfterMs))
      : ok(nonce);
  }
}

function faultOf({ status, body, retryAfterMs }: AcmeAnswer): AcmeFault {
  const problem = decodeProblem(parseFields(body));
  const message = problem === null ? `HTTP status ${status}` : `${problem.kind}: ${problem.detail}`;
  const make = problem !== null && NAME_FAULTS.has(problem.kind) ? nameFault : authorityFault;
  return make(message, retryAfterMs);
}

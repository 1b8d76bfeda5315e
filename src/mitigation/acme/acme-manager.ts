/**
 * Gets certificates and renews them, on the main thread: traffic never waits for it.
 *
 * `tick` is called about once a second. Where a name is due and nothing is under way, one attempt begins; names take
 * turns, so there is at most one order and one open challenge at a time. An attempt has a deadline, its waits are cut
 * short by `stop`, and a failure costs a pause: of the one name, or of all where the authority itself is at fault. The
 * certificate in use stays until the next one is on the disk.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { Config } from '../../config/schema.ts';
import type { Random } from '../../core/back-off.ts';
import { messageOf } from '../../core/error-message.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { type AcmeFault, authorityFault, nameFault } from '../../tls/acme/acme-fault.ts';
import { createCertificateRequest } from '../../tls/acme/certificate-request.ts';
import { CertificateStore, type StoredCertificate } from '../../tls/acme/certificate-store.ts';
import { createChallengeCertificate } from '../../tls/acme/challenge-certificate.ts';
import { checkIssuedChain } from '../../tls/acme/issued-chain.ts';
import { orderCertificate } from '../../tls/acme/order-certificate.ts';
import { certificateId } from '../../tls/acme/renewal-info.ts';
import { renewalTimeMs } from '../../tls/acme/renewal-time.ts';
import { AcmeAuthority } from './acme-authority.ts';
import type { AcmeHost } from './acme-host.ts';
import { Attempts } from './attempts.ts';
import { ManagedName } from './managed-name.ts';

export interface AcmeManagerOptions {
  readonly host: AcmeHost;
  /** The folder for keys and certificates. */
  readonly folder: string;
  /** The program's version, which the authority is told. */
  readonly version: string;
  readonly random: Random;
  /** Milliseconds for one attempt, from the account to the files. */
  readonly attemptMaxMs?: number;
}

type AcmeSettings = Config['acme'];

/** Settings in force, and what belongs to them. */
interface Watch {
  readonly settings: AcmeSettings;
  readonly authority: AcmeAuthority;
  /** In the order in which they take turns. */
  readonly names: ManagedName[];
  /** When the authority may be called after a fault of its own. */
  readonly attempts: Attempts;
  readonly abort: AbortController;
}

const ATTEMPT_MAX_MS = 300_000;
/** An authority whose certificates are due as soon as they are given out is not asked without end. */
const REST_MS = 600_000;
/** An authority out of reach may be back soon. */
const AUTHORITY_PAUSES = { firstMs: 30_000, maxMs: 3_600_000 };

export class AcmeManager {
  readonly #options: AcmeManagerOptions;
  readonly #store: CertificateStore;
  #watch: Watch | null = null;
  #underWay: Promise<void> | null = null;

  constructor(options: AcmeManagerOptions) {
    this.#options = options;
    this.#store = new CertificateStore(options.folder);
  }

  /**
   * Puts settings in force, at the start or later, and tells the host of every certificate that is on the disk. Where
   * they have changed, what is under way is given up and pauses are forgotten: the operator has mended something.
   */
  async configure(settings: AcmeSettings): Promise<void> {
    if (JSON.stringify(settings) === JSON.stringify(this.#watch?.settings)) return;
    await this.stop();
    if (!settings.enabled) return;
    const { host, version, random } = this.#options;
    const { clock } = host;
    const watch: Watch = {
      settings,
      authority: new AcmeAuthority({ settings, store: this.#store, version, wallMs: () => clock.wallMs() }),
      names: [...new Set(settings.names)].map((name) => new ManagedName(name, random)),
      attempts: new Attempts(AUTHORITY_PAUSES, random),
      abort: new AbortController(),
    };
    for (const managed of watch.names) await this.#restore(managed, settings);
    this.#watch = watch;
  }

  /** Begins what is due. */
  tick(): void {
    const watch = this.#watch;
    const { clock } = this.#options.host;
    const nowMs = clock.nowMs();
    if (watch === null || this.#underWay !== null || !watch.attempts.mayTry(nowMs)) return;
    const wallMs = clock.wallMs();
    const due = watch.names.findIndex((managed) => managed.isDue(nowMs, wallMs));
    const [managed] = due === -1 ? [] : watch.names.splice(due, 1);
    if (managed !== undefined) watch.names.push(managed);
    const work = managed === undefined ? this.#ask(watch, nowMs) : this.#renew(watch, managed);
    if (work === null) return;
    this.#underWay = work.finally(() => {
      this.#underWay = null;
    });
  }

  /** Resolves once nothing is under way. */
  async settled(): Promise<void> {
    await this.#underWay;
  }

  /** Gives up what is under way; nothing begins until the next `configure`. */
  async stop(): Promise<void> {
    this.#watch?.abort.abort();
    this.#watch = null;
    await this.#underWay;
  }

  async #restore(managed: ManagedName, settings: AcmeSettings): Promise<void> {
    const { logger, clock } = this.#options.host;
    const { name } = managed;
    const stored = await this.#store.load(name, clock.wallMs());
    if (!stored.ok) logger.warn('A kept certificate is not used', { name, error: stored.fault });
    else if (stored.value !== null) this.#use(managed, stored.value, settings);
  }

  #use(managed: ManagedName, stored: StoredCertificate, settings: AcmeSettings): void {
    const { renew_before_days: beforeDays = null, directory_url: directoryUrl } = settings;
    // A certificate of another authority, say its staging twin, serves only until there is one of this.
    const isOurs = stored.directoryUrl === directoryUrl;
    const certificate = {
      validUntilMs: stored.validUntilMs,
      renewAtMs: isOurs ? renewalTimeMs(stored, beforeDays) : 0,
      id: isOurs ? certificateId(stored.certPem) : null,
    };
    const { host } = this.#options;
    managed.use(certificate, host.clock.nowMs());
    const { certPath, keyPath } = this.#store.pathsOf(managed.name);
    host.useCertificate(managed.name, certPath, keyPath);
  }

  /** Asks the authority about one certificate that nothing has been heard of for a while; null for none. */
  #ask({ names, authority, abort }: Watch, nowMs: number): Promise<void> | null {
    const managed = names.find((candidate) => candidate.question(nowMs) !== null);
    const id = managed?.question(nowMs) ?? null;
    if (managed === undefined || id === null) return null;
    const { clock } = this.#options.host;
    return authority.advice(id, abort.signal).then((advice) => managed.advise(advice, clock.nowMs()));
  }

  /** One attempt and what follows from it. Never rejects. */
  async #renew(watch: Watch, managed: ManagedName): Promise<void> {
    const { host } = this.#options;
    const { name } = managed;
    const result = await this.#attempt(watch, name);
    host.announceTokens([]);
    host.announceCertificates([]);
    if (watch.abort.signal.aborted) return;
    if (!result.ok) return this.#noteFault(watch, managed, result.fault);
    const nowMs = host.clock.nowMs();
    managed.attempts.succeeded(nowMs, REST_MS);
    watch.attempts.succeeded(nowMs, 0);
    this.#use(managed, result.value, watch.settings);
    const validUntil = new Date(result.value.validUntilMs).toISOString();
    host.logger.info('Certificate obtained', { name, valid_until: validUntil });
  }

  #noteFault(watch: Watch, managed: ManagedName, { scope, message, retryAfterMs }: AcmeFault): void {
    const { logger, clock } = this.#options.host;
    if (scope === 'authority') watch.authority.forget();
    const attempts = scope === 'authority' ? watch.attempts : managed.attempts;
    const pauseMs = attempts.failed(clock.nowMs(), retryAfterMs);
    const fields = { name: managed.name, error: message, retry_seconds: Math.round(pauseMs / 1000) };
    const serves = (managed.inUse?.validUntilMs ?? 0) > clock.wallMs();
    if (serves) logger.warn('Certificate could not be renewed', fields);
    else logger.error('Certificate could not be obtained', fields);
  }

  /** From the account to the files, within the deadline. Never rejects. */
  async #attempt(watch: Watch, name: string): Promise<Result<StoredCertificate, AcmeFault>> {
    const { attemptMaxMs = ATTEMPT_MAX_MS } = this.#options;
    const deadline = AbortSignal.timeout(attemptMaxMs);
    try {
      const result = await this.#obtain(watch, name, AbortSignal.any([watch.abort.signal, deadline]));
      if (result.ok || !deadline.aborted) return result;
      return fail(authorityFault(`the authority did not come to an end within ${attemptMaxMs / 1000} s`));
    } catch (error) {
      return fail(authorityFault(`unexpected error: ${messageOf(error)}`));
    }
  }

  async #obtain(
    { settings, authority }: Watch,
    name: string,
    signal: AbortSignal,
  ): Promise<Result<StoredCertificate, AcmeFault>> {
    const session = await authority.session(signal);
    if (!session.ok) return session;
    const { requestDer, keyPem } = await createCertificateRequest(name);
    const { challenge } = settings;
    const chain = await orderCertificate(session.value, {
      name,
      challenge,
      requestDer,
      show: (token, keyAuthorization) => this.#show(name, challenge, token, keyAuthorization),
      wait,
      signal,
    });
    if (!chain.ok) return chain;
    const wallMs = this.#options.host.clock.wallMs();
    const checked = checkIssuedChain(chain.value.toString('latin1'), keyPem, name, wallMs);
    if (!checked.ok) return fail(nameFault(`the certificate given out ${checked.fault}`));
    const stored = { ...checked.value, directoryUrl: settings.directory_url };
    const saved = await this.#store.save(name, stored, keyPem);
    return saved.ok ? ok(stored) : fail(authorityFault(saved.fault));
  }

  async #show(
    name: string,
    type: AcmeSettings['challenge'],
    token: string,
    keyAuthorization: string,
  ): Promise<void> {
    const { host } = this.#options;
    if (type === 'http-01') return host.announceTokens([[token, keyAuthorization]]);
    const pair = await createChallengeCertificate(name, keyAuthorization, host.clock.wallMs());
    return host.announceCertificates([[name, pair.certPem, pair.keyPem]]);
  }
}

/** Ends early, and without an error, where the signal says so. */
async function wait(ms: number, signal: AbortSignal): Promise<void> {
  await pause(ms, undefined, { signal }).catch(() => undefined);
}

/**
 * What the main thread keeps for the handshakes of all workers: certificates that follow their files, keys for session
 * tickets, and the challenges of certificate authorities. Workers are told of each change, and a worker that starts
 * gets the state as it is.
 */
import type { Clock } from '../../core/clock.ts';
import type { Logger } from '../../core/logger.ts';
import { CertificateBook } from '../../tls/certificate-book.ts';
import type { CertificateFiles } from '../../tls/certificate-files.ts';
import { createTicketKeys, TICKET_KEYS_LIFE_MS } from '../../tls/ticket-keys.ts';
import type { TlsPolicy } from '../../tls/tls-policy.ts';
import type { ToWorker } from '../worker-messages.ts';
import { type ChallengeLists, type ChallengePair, type ChallengeToken, NO_CHALLENGES } from './challenges.ts';

export interface TlsKeeperOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly tell: (message: ToWorker) => void;
}

export class TlsKeeper {
  readonly #options: TlsKeeperOptions;
  readonly #book: CertificateBook;
  #ticketKeys: Uint8Array | null = createTicketKeys();
  #ticketKeysUntilMs: number;
  #challenges: ChallengeLists = NO_CHALLENGES;

  constructor(options: TlsKeeperOptions) {
    const { clock, logger, tell } = options;
    this.#options = options;
    this.#ticketKeysUntilMs = clock.nowMs() + TICKET_KEYS_LIFE_MS;
    this.#book = new CertificateBook({
      onChange: (profiles) => {
        logger.info('Certificates changed', { certificates: profiles.length });
        tell({ kind: 'certificates', profiles });
      },
      onFault: (fault) => logger.error('Certificate refused, the old one stays in force', { fault }),
    });
  }

  get ticketKeys(): Uint8Array | null {
    return this.#ticketKeys;
  }

  get challenges(): ChallengeLists {
    return this.#challenges;
  }

  /** Follows the files that a policy was read from; null where there is no TLS. */
  async configure(tls: TlsPolicy | null, files: readonly CertificateFiles[]): Promise<void> {
    await this.#book.configure(files, tls?.profiles ?? []);
  }

  /** The policy with the certificates as they are by now. */
  current(tls: TlsPolicy | null): TlsPolicy | null {
    return tls === null ? null : { ...tls, profiles: this.#book.profiles };
  }

  /** Looks after files and keys; called about once a second. */
  tick(): void {
    this.#book.look().catch((error: unknown) => {
      this.#options.logger.error('Certificates could not be looked after', { error: String(error) });
    });
    const nowMs = this.#options.clock.nowMs();
    if (this.#ticketKeys === null || nowMs < this.#ticketKeysUntilMs) return;
    this.#ticketKeysUntilMs = nowMs + TICKET_KEYS_LIFE_MS;
    this.#ticketKeys = createTicketKeys();
    if (this.#ticketKeys !== null) this.#options.tell({ kind: 'ticket_keys', keys: this.#ticketKeys });
  }

  announceTokens(tokens: readonly ChallengeToken[]): void {
    this.#announce({ ...this.#challenges, tokens });
  }

  announceCertificates(certificates: readonly ChallengePair[]): void {
    this.#announce({ ...this.#challenges, certificates });
  }

  /** Uses a certificate that the node has got for a name, or reads it again. */
  useCertificate(name: string, certPath: string, keyPath: string): void {
    this.#book.add(name, certPath, keyPath).catch((error: unknown) => {
      this.#options.logger.error('Certificate could not be used', { name, error: String(error) });
    });
  }

  #announce(lists: ChallengeLists): void {
    this.#challenges = lists;
    this.#options.tell({ kind: 'challenges', lists });
  }
}

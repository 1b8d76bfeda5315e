/** What the ACME manager needs of the node around it: a way to show challenges, and a place to hand certificates to. */
import type { Clock } from '../../core/clock.ts';
import type { Logger } from '../../core/logger.ts';
import type { ChallengePair, ChallengeToken } from '../listen/challenges.ts';

export interface AcmeHost extends CertificateHost {
  readonly logger: Logger;
  readonly clock: Clock;
}

export interface CertificateHost {
  /** The tokens to be answered from now on; the list replaces the one before. */
  announceTokens(tokens: readonly ChallengeToken[]): void;
  /** The certificates to be shown for challenges from now on; the list replaces the one before. */
  announceCertificates(certificates: readonly ChallengePair[]): void;
  /** There is a certificate for a name, or a newer one in the same files; it is kept until the node ends. */
  useCertificate(name: string, certPath: string, keyPath: string): void;
}

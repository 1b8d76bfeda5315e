/** The manager as a node has it: its files in the state folder, its certificates in use with all others. */
import { join } from 'node:path';
import type { Config } from '../../config/schema.ts';
import type { Clock } from '../../core/clock.ts';
import type { Logger } from '../../core/logger.ts';
import type { CertificateHost } from './acme-host.ts';
import { AcmeManager } from './acme-manager.ts';

export interface NodeParts {
  readonly tls: CertificateHost;
  readonly version: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Does nothing until it is configured. */
export function createAcmeManager(
  { state }: Config,
  { tls, version, clock, logger }: NodeParts,
): AcmeManager {
  const host = {
    announceTokens: tls.announceTokens.bind(tls),
    announceCertificates: tls.announceCertificates.bind(tls),
    useCertificate: tls.useCertificate.bind(tls),
    clock,
    logger,
  };
  return new AcmeManager({ host, folder: join(state.dir, 'acme'), version, random: Math.random });
}

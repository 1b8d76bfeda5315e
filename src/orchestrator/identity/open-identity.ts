/** What an orchestrator with TLS has at its start: the authority of the fleet, and a certificate of its own. */
import { dirname, join } from 'node:path';
import { ok, type Result } from '../../core/result.ts';
import { systemTimers } from '../../core/timers.ts';
import type { CertificateAuthority } from '../../tls/authority/certificate-authority.ts';
import type { OrchestratorDeps, OrchestratorOptions } from '../options.ts';
import type { TlsCredentials } from '../tls-front.ts';
import { openAuthority } from './authority-files.ts';
import { keepServerCertificate, makeServerCredentials, serverNames } from './server-certificate.ts';

export interface OrchestratorIdentity {
  readonly authority: CertificateAuthority;
  readonly credentials: TlsCredentials;
  /** Renews the certificate from now on; the answer ends that. */
  keep(use: (credentials: TlsCredentials) => void): () => void;
}

/** Below the folder of the store. */
const AUTHORITY_FOLDER = 'authority';

/** Null without TLS. */
export async function openIdentity(
  { listen, store, tls = null }: OrchestratorOptions,
  { clock, timers = systemTimers }: OrchestratorDeps,
): Promise<Result<OrchestratorIdentity | null, string>> {
  if (tls === null) return ok(null);
  const folder = store.kind === 'memory' ? null : join(dirname(store.path), AUTHORITY_FOLDER);
  const opened = await openAuthority(folder, clock.wallMs());
  if (!opened.ok) return opened;
  const authority = opened.value;
  const names = serverNames(listen.host, tls.names);
  const credentials = await makeServerCredentials(authority, names, clock.wallMs());
  const keep: OrchestratorIdentity['keep'] = (use) =>
    keepServerCertificate({ authority, names, clock, timers, use }, credentials.expiresAtMs);
  return ok({ authority, credentials, keep });
}

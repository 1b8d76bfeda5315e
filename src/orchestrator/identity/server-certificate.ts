/** The orchestrator's own certificate: made at each start by the authority of the fleet, and again before it ends. */
import { isWildcardHost } from '../../config/listen-address.ts';
import type { Clock } from '../../core/clock.ts';
import type { Timers } from '../../core/timers.ts';
import type { CertificateAuthority } from '../../tls/authority/certificate-authority.ts';
import type { TlsCredentials } from '../tls-front.ts';

export const SERVER_LIFETIME_MS = 30 * 86_400_000;
/** Timers cannot wait for much longer than this, and a clock that is stepped is noticed. */
const LOOK_MS = 3_600_000;

/** The names and addresses at which nodes and people reach a listener. */
export function serverNames(host: string, configured: readonly string[]): readonly string[] {
  const own = isWildcardHost(host) ? [] : [host];
  return [...new Set(['localhost', '127.0.0.1', '::1', ...own, ...configured])];
}

export async function makeServerCredentials(
  authority: CertificateAuthority,
  names: readonly string[],
  wallMs: number,
): Promise<TlsCredentials> {
  const issued = await authority.issueServer(names, { wallMs, lifetimeMs: SERVER_LIFETIME_MS });
  return {
    // The authority stands in the chain for nodes that know its fingerprint only.
    certPem: issued.certPem + authority.certPem,
    keyPem: issued.keyPem,
    caPem: authority.certPem,
    expiresAtMs: issued.expiresAtMs,
  };
}

export interface ServerCertificateDeps {
  readonly authority: CertificateAuthority;
  readonly names: readonly string[];
  readonly clock: Clock;
  readonly timers: Timers;
  /** For handshakes from now on. */
  readonly use: (credentials: TlsCredentials) => void;
}

/** Renews a certificate that ends at `expiresAtMs` when two thirds of its time are over; the answer ends that. */
export function keepServerCertificate(deps: ServerCertificateDeps, expiresAtMs: number): () => void {
  const { authority, names, clock, timers, use } = deps;
  let endsAtMs = expiresAtMs;
  let ended = false;
  let cancel = (): void => undefined;
  const look = async (): Promise<void> => {
    if (endsAtMs - clock.wallMs() < SERVER_LIFETIME_MS / 3) {
      // One that cannot be made now is tried again at the next look; the one before has days left.
      const credentials = await makeServerCredentials(authority, names, clock.wallMs()).catch(() => null);
      if (ended) return;
      if (credentials !== null) {
        endsAtMs = credentials.expiresAtMs;
        use(credentials);
      }
    }
    plan();
  };
  const plan = (): void => {
    if (!ended) cancel = timers.after(LOOK_MS, () => void look());
  };
  plan();
  return () => {
    ended = true;
    cancel();
  };
}

/**
 * Certificates as the QUIC library wants them: by server name, `*.name` for one label, `*` for all others.
 *
 * Names that ask clients for a certificate are left out, since the library can ask for none by name: their clients stay
 * with HTTP/1.1 and HTTP/2. A handshake for one of them may still end under another name's wildcard, so whoever
 * accepts connections asks `CertificateTable` once more.
 */
import { createPrivateKey } from 'node:crypto';
import type { SNIEntry } from 'node:quic';
import { DEFAULT_PROFILE } from '../../tls/certificate-table.ts';
import type { TlsPolicy, TlsProfile } from '../../tls/tls-policy.ts';

export function serverContexts({ profiles, strictNames }: TlsPolicy): Record<string, SNIEntry> {
  const contexts: Record<string, SNIEntry> = Object.create(null) as Record<string, SNIEntry>;
  // Names of the default count last, and earlier profiles before later ones: the last writer wins here.
  const [first, ...others] = profiles;
  for (const profile of [...(first === undefined ? [] : [first]), ...others.reverse()]) {
    if (profile.clientCertificates !== 'off') continue;
    const entry = entryOf(profile);
    for (const name of profile.names) contexts[name] = entry;
  }
  const fallback = profiles[DEFAULT_PROFILE];
  if (!strictNames && fallback?.clientCertificates === 'off') contexts['*'] = entryOf(fallback);
  return contexts;
}

function entryOf({ certPem, keyPem }: TlsProfile): SNIEntry {
  return { keys: [createPrivateKey(keyPem)], certs: [Buffer.from(certPem)] };
}

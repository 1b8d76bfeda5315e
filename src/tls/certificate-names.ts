/** The names of hosts that a certificate is good for, by its subjectAltName (RFC 9525 section 2). */
import type { X509Certificate } from 'node:crypto';
import { canonicalPattern } from './server-name.ts';

/** Names in canonical form, wildcards among them; addresses and unusable names are left out. */
export function namesOfCertificate(certificate: X509Certificate): readonly string[] {
  const names = new Set<string>();
  // A name with a comma or quote is written as a JSON string by the runtimes; no host has one, so it fits none here.
  for (const entry of (certificate.subjectAltName ?? '').split(', ')) {
    if (!entry.startsWith('DNS:')) continue;
    const name = canonicalPattern(entry.slice('DNS:'.length));
    if (name !== null) names.add(name);
  }
  return [...names];
}

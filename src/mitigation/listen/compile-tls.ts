/** From the configuration to what handshakes are done by, and to the files that certificates are read from. */
import type { Config } from '../../config/schema.ts';
import type { CertificateFiles } from '../../tls/certificate-files.ts';
import type { TlsPolicy, TlsProfile, TlsVersion } from '../../tls/tls-policy.ts';

/** The files of all configured certificates, the default first. */
export function certificateFiles({ network: { tls } }: Config): readonly CertificateFiles[] {
  return [{ ...tls, names: [] }, ...tls.certificates].map((one) => ({
    names: one.names.length === 0 ? null : one.names,
    certPath: one.cert_path,
    keyPath: one.key_path,
    clientCertificates: one.client_certificates,
    clientCaPath: one.client_ca_path ?? null,
  }));
}

export function compileTls(config: Config, profiles: readonly TlsProfile[]): TlsPolicy {
  const { tls } = config.network;
  return {
    minVersion: tls.policy === 'modern' ? 'TLSv1.3' : versionName(tls.min_version),
    maxVersion: versionName(tls.max_version),
    http2: config.http2.enabled,
    strictNames: tls.strict_sni,
    profiles,
  };
}

function versionName(version: '1.2' | '1.3'): TlsVersion {
  return version === '1.2' ? 'TLSv1.2' : 'TLSv1.3';
}

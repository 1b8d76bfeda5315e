/**
 * From files to the profiles that handshakes are done with. Each is checked as a handshake would: a pair that
 * the TLS library does not take must be noticed here, where the old one can be kept.
 */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import { messageOf } from '../core/error-message.ts';
import { fail, ok, type Result } from '../core/result.ts';
import { namesOfCertificate } from './certificate-names.ts';
import { canonicalPattern } from './server-name.ts';
import type { ClientCertificates, TlsProfile } from './tls-policy.ts';

/** Where a certificate is, and how it is used. */
export interface CertificateFiles {
  /** Null for those that stand in the certificate. */
  readonly names: readonly string[] | null;
  readonly certPath: string;
  readonly keyPath: string;
  readonly clientCertificates: ClientCertificates;
  /** Given wherever clients are asked for a certificate. */
  readonly clientCaPath: string | null;
}

/** Reads one; the fault names the file and what is wrong with it. */
export async function readProfile(files: CertificateFiles): Promise<Result<TlsProfile, string>> {
  const { certPath, keyPath, clientCertificates } = files;
  const clientCaPath = clientCertificates === 'off' ? null : files.clientCaPath;
  const cert = await readText(certPath);
  if (!cert.ok) return cert;
  const key = await readText(keyPath);
  if (!key.ok) return key;
  const fault = faultOfPair(cert.value, key.value, certPath, keyPath);
  if (fault !== null) return fail(fault);
  const clientCa = clientCaPath === null ? ok(null) : await readText(clientCaPath);
  if (!clientCa.ok) return clientCa;
  const unusable = faultOfContext(cert.value, key.value, clientCa.value);
  if (unusable !== null) return fail(`${certPath} cannot be used: ${unusable}`);
  if (clientCa.value !== null && !isCertificate(clientCa.value)) {
    return fail(`${clientCaPath} is not a certificate in PEM form`);
  }
  return ok({
    names:
      files.names === null ? namesOfCertificate(new X509Certificate(cert.value)) : readNames(files.names),
    certPem: cert.value,
    keyPem: key.value,
    clientCertificates,
    clientCaPem: clientCa.value,
  });
}

/** All files that profiles are made of; a change of one is a reason to read them again. */
export function filePaths(all: readonly CertificateFiles[]): readonly string[] {
  return all.flatMap(({ certPath, keyPath, clientCaPath, clientCertificates }) =>
    clientCaPath === null || clientCertificates === 'off'
      ? [certPath, keyPath]
      : [certPath, keyPath, clientCaPath],
  );
}

/** What is wrong with a pair, as a sentence, or null. */
export function faultOfPair(
  certPem: string,
  keyPem: string,
  certPath: string,
  keyPath: string,
): string | null {
  if (!isCertificate(certPem)) return `${certPath} is not a certificate in PEM form`;
  try {
    return new X509Certificate(certPem).checkPrivateKey(createPrivateKey(keyPem))
      ? null
      : `${keyPath} does not belong to the certificate in ${certPath}`;
  } catch {
    return `${keyPath} is not an unencrypted private key in PEM form`;
  }
}

function isCertificate(pem: string): boolean {
  try {
    new X509Certificate(pem);
    return true;
  } catch {
    return false;
  }
}

/** The configuration has checked them. */
function readNames(names: readonly string[]): readonly string[] {
  return names.map(canonicalPattern).filter((name) => name !== null);
}

function faultOfContext(cert: string, key: string, ca: string | null): string | null {
  try {
    createSecureContext({ cert, key, ...(ca === null ? {} : { ca }) });
    return null;
  } catch (error) {
    return messageOf(error);
  }
}

async function readText(path: string): Promise<Result<string, string>> {
  try {
    return ok(await readFile(path, 'utf8'));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return fail(`${path} cannot be read (${code ?? 'unknown error'})`);
  }
}

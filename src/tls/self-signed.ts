/** Self-signed certificates for first steps and tests: ECDSA P-256, for local names, valid for two years. */
import 'reflect-metadata';
import { isIP } from 'node:net';
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';
import { createKeyPair, createSerialNumber, SIGNING_ALGORITHM } from './key-pair.ts';

const VALID_DAYS = 730;
const DAY_MS = 86_400_000;

/** Makes a key and a certificate for the names, in PEM. */
export async function createSelfSigned(
  hostNames: readonly string[],
): Promise<{ readonly certPem: string; readonly keyPem: string }> {
  const { keys, keyPem } = await createKeyPair();
  const nowMs = Date.now();
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber: createSerialNumber(),
    name: 'CN=SecBeat self-signed',
    // An hour back, for clocks that are a little behind.
    notBefore: new Date(nowMs - DAY_MS / 24),
    notAfter: new Date(nowMs + VALID_DAYS * DAY_MS),
    signingAlgorithm: SIGNING_ALGORITHM,
    keys,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      new SubjectAlternativeNameExtension(
        hostNames.map((value) => ({ type: isIP(value) === 0 ? ('dns' as const) : ('ip' as const), value })),
      ),
    ],
  });
  return {
    certPem: `${certificate.toString('pem')}\n`,
    keyPem,
  };
}

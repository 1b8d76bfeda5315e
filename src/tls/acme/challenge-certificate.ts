/**
 * The certificate that answers a TLS-ALPN-01 challenge (RFC 8737 section 3): self-signed, for the one name, with the
 * digest of the key authorization in a critical extension. It is shown to the authority only, never to browsers.
 */
import 'reflect-metadata';
import { createHash } from 'node:crypto';
import { Extension, SubjectAlternativeNameExtension, X509CertificateGenerator } from '@peculiar/x509';
import { createKeyPair, createSerialNumber, SIGNING_ALGORITHM } from '../key-pair.ts';

/** id-pe-acmeIdentifier. */
const ACME_IDENTIFIER = '1.3.6.1.5.5.7.1.31';
/** DER of an octet string of 32 octets, without them. */
const OCTET_STRING_32 = [0x04, 0x20];
const DAY_MS = 86_400_000;

export interface ChallengeCertificate {
  readonly certPem: string;
  readonly keyPem: string;
}

/** `wallMs` is the time now; the certificate is valid from a day before to a day after. */
export async function createChallengeCertificate(
  name: string,
  keyAuthorization: string,
  wallMs: number,
): Promise<ChallengeCertificate> {
  const { keys, keyPem } = await createKeyPair();
  const digest = createHash('sha256').update(keyAuthorization).digest();
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber: createSerialNumber(),
    name: 'CN=ACME challenge',
    notBefore: new Date(wallMs - DAY_MS),
    notAfter: new Date(wallMs + DAY_MS),
    signingAlgorithm: SIGNING_ALGORITHM,
    keys,
    extensions: [
      new SubjectAlternativeNameExtension([{ type: 'dns', value: name }]),
      new Extension(ACME_IDENTIFIER, true, Uint8Array.from([...OCTET_STRING_32, ...digest])),
    ],
  });
  return {
    certPem: `${certificate.toString('pem')}\n`,
    keyPem,
  };
}

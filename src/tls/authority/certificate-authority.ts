/**
 * An authority of one's own: a key on P-256, its self-signed certificate, and the certificates that it issues to servers
 * and to clients (RFC 5280). What a request for a certificate asks for beside its key is ignored.
 */
import 'reflect-metadata';
import { createHash, X509Certificate as NativeCertificate, webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  Pkcs10CertificateRequest,
  type PublicKey,
  type PublicKeyType,
  SubjectAlternativeNameExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';
import { messageOf } from '../../core/error-message.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { createKeyPair, createSerialNumber, SIGNING_ALGORITHM } from '../key-pair.ts';

/** An authority as it is kept. */
export interface AuthorityPair {
  readonly certPem: string;
  readonly keyPem: string;
}

export interface IssuedCertificate {
  readonly certPem: string;
  /** In lower-case hexadecimal digits. */
  readonly serial: string;
  readonly expiresAtMs: number;
}

export interface IssuedToClient extends IssuedCertificate {
  /** SHA-256 of the client's public key: tells whether two requests are for the same key. */
  readonly keyFingerprint: string;
}

export interface Validity {
  readonly wallMs: number;
  readonly lifetimeMs: number;
}

/** Certificates hold from so long before they were made, for clocks that are behind. */
export const BACKDATE_MS = 3_600_000;

const AUTHORITY_LIFETIME_MS = 20 * 365 * 86_400_000;

/** Makes a key and a certificate for a new authority. */
export async function createAuthority(name: string, wallMs: number): Promise<AuthorityPair> {
  const { keys, keyPem } = await createKeyPair();
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber: freshSerial(),
    name: `CN=${name}`,
    ...validityOf({ wallMs, lifetimeMs: AUTHORITY_LIFETIME_MS }),
    signingAlgorithm: SIGNING_ALGORITHM,
    keys,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
    ],
  });
  return { certPem: `${certificate.toString('pem')}\n`, keyPem };
}

/** SHA-256 over a certificate or a key, in lower-case hexadecimal digits: names it without room for another one. */
export function fingerprintOf(octets: Uint8Array): string {
  return createHash('sha256').update(octets).digest('hex');
}

export class CertificateAuthority {
  readonly certPem: string;
  readonly fingerprint: string;
  readonly #certificate: X509Certificate;
  readonly #key: webcrypto.CryptoKey;

  private constructor(certPem: string, certificate: X509Certificate, key: webcrypto.CryptoKey) {
    this.certPem = certPem;
    this.fingerprint = fingerprintOf(new Uint8Array(certificate.rawData));
    this.#certificate = certificate;
    this.#key = key;
  }

  /** Opens what `createAuthority` has made; the fault says in a few words what is wrong with it. */
  static async open({ certPem, keyPem }: AuthorityPair): Promise<Result<CertificateAuthority, string>> {
    try {
      const keyDer = PemConverter.decodeFirst(keyPem);
      const key = await webcrypto.subtle.importKey('pkcs8', keyDer, SIGNING_ALGORITHM, false, ['sign']);
      const native = new NativeCertificate(certPem);
      if (!native.ca) return fail('is not the certificate of an authority');
      const authority = new CertificateAuthority(certPem, new X509Certificate(certPem), key);
      const sample = await authority.issueServer(['localhost'], { wallMs: 0, lifetimeMs: 1 });
      const belongs = new NativeCertificate(sample.certPem).verify(native.publicKey);
      return belongs ? ok(authority) : fail('does not belong to the key beside it');
    } catch (error) {
      return fail(`is unreadable: ${messageOf(error)}`);
    }
  }

  /** A fresh key and a certificate for a server with these names and addresses. */
  async issueServer(
    names: readonly string[],
    validity: Validity,
  ): Promise<IssuedCertificate & { readonly keyPem: string }> {
    const { keys, keyPem } = await createKeyPair();
    const alternatives = names.map((value) => ({
      type: isIP(value) === 0 ? ('dns' as const) : ('ip' as const),
      value,
    }));
    const issued = await this.#issue('CN=SecBeat orchestrator', keys.publicKey, validity, [
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      new SubjectAlternativeNameExtension(alternatives),
    ]);
    return { ...issued, keyPem };
  }

  /**
   * A certificate with which a client proves to be `commonName`.
   *
   * @param requestPem PKCS #10 (RFC 2986); the fault says what is wrong with it
   */
  async issueClient(
    requestPem: string,
    commonName: string,
    validity: Validity,
  ): Promise<Result<IssuedToClient, string>> {
    const key = await keyOfRequest(requestPem);
    if (!key.ok) return key;
    const usage = new ExtendedKeyUsageExtension([ExtendedKeyUsage.clientAuth]);
    const issued = await this.#issue(`CN=${commonName}`, key.value, validity, [usage]);
    return ok({ ...issued, keyFingerprint: fingerprintOf(new Uint8Array(key.value.rawData)) });
  }

  async #issue(
    subject: string,
    publicKey: PublicKeyType,
    validity: Validity,
    extensions: readonly Extension[],
  ): Promise<IssuedCertificate> {
    const serial = freshSerial();
    const dates = validityOf(validity);
    const certificate = await X509CertificateGenerator.create({
      serialNumber: serial,
      subject,
      issuer: this.#certificate.subject,
      ...dates,
      signingAlgorithm: SIGNING_ALGORITHM,
      publicKey,
      signingKey: this.#key,
      extensions: [
        new BasicConstraintsExtension(false, undefined, true),
        new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
        ...extensions,
      ],
    });
    const certPem = `${certificate.toString('pem')}\n`;
    return { certPem, serial, expiresAtMs: dates.notAfter.getTime() };
  }
}

/** The key of a request whose sender has proved to hold its other half. */
async function keyOfRequest(requestPem: string): Promise<Result<PublicKey, string>> {
  try {
    const request = new Pkcs10CertificateRequest(requestPem);
    const { name, namedCurve } = request.publicKey.algorithm as { name: string; namedCurve?: string };
    if (name !== 'ECDSA' || namedCurve !== SIGNING_ALGORITHM.namedCurve) {
      return fail('the key must be one for ECDSA on the curve P-256');
    }
    return (await request.verify()) ? ok(request.publicKey) : fail('it is not signed with its own key');
  } catch {
    return fail('it is no certificate request (PKCS #10, PEM)');
  }
}

/** Certificates count whole seconds. */
function validityOf({ wallMs, lifetimeMs }: Validity): { notBefore: Date; notAfter: Date } {
  const seconds = (ms: number): Date => new Date(Math.floor(ms / 1000) * 1000);
  return { notBefore: seconds(wallMs - BACKDATE_MS), notAfter: seconds(wallMs + lifetimeMs) };
}

/** Positive and without leading zeros, so that every program writes it with the same digits. */
function freshSerial(): string {
  const serial = createSerialNumber();
  const first = (Number.parseInt(serial.slice(0, 2), 16) & 0x3f) | 0x40;
  return first.toString(16) + serial.slice(2);
}

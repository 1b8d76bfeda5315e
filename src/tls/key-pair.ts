/** Fresh keys of the one kind that certificates are made with here: ECDSA on P-256. */
import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { PemConverter } from '@peculiar/x509';

export const SIGNING_ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

export interface KeyPair {
  readonly keys: webcrypto.CryptoKeyPair;
  /** The private key, unencrypted. */
  readonly keyPem: string;
}

export async function createKeyPair(): Promise<KeyPair> {
  const keys = await webcrypto.subtle.generateKey(SIGNING_ALGORITHM, true, ['sign', 'verify']);
  const key = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
  return { keys, keyPem: `${PemConverter.encode(key, 'PRIVATE KEY')}\n` };
}

/** For a serial number, in hexadecimal digits: unpredictable, and different from all others. */
export function createSerialNumber(): string {
  return Buffer.from(webcrypto.getRandomValues(new Uint8Array(16))).toString('hex');
}

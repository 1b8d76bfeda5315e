/** A fresh key and the request for a client's certificate on it (PKCS #10, RFC 2986). The key stays with whoever asks. */
import 'reflect-metadata';
import { Pkcs10CertificateRequestGenerator } from '@peculiar/x509';
import { createKeyPair, SIGNING_ALGORITHM } from '../key-pair.ts';

export interface ClientRequest {
  readonly requestPem: string;
  readonly keyPem: string;
}

export async function createClientRequest(commonName: string): Promise<ClientRequest> {
  const { keys, keyPem } = await createKeyPair();
  const request = await Pkcs10CertificateRequestGenerator.create({
    name: `CN=${commonName}`,
    keys,
    signingAlgorithm: SIGNING_ALGORITHM,
  });
  return { requestPem: request.toString('pem'), keyPem };
}

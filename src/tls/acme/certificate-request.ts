/** A fresh key and the request for a certificate on it (PKCS #10, RFC 2986): ECDSA P-256, one host name. */
import 'reflect-metadata';
import { Pkcs10CertificateRequestGenerator, SubjectAlternativeNameExtension } from '@peculiar/x509';
import { createKeyPair, SIGNING_ALGORITHM } from '../key-pair.ts';

export interface CertificateRequest {
  readonly requestDer: Uint8Array;
  readonly keyPem: string;
}

export async function createCertificateRequest(name: string): Promise<CertificateRequest> {
  const { keys, keyPem } = await createKeyPair();
  const request = await Pkcs10CertificateRequestGenerator.create({
    keys,
    signingAlgorithm: SIGNING_ALGORITHM,
    extensions: [new SubjectAlternativeNameExtension([{ type: 'dns', value: name }])],
  });
  return {
    requestDer: new Uint8Array(request.rawData),
    keyPem,
  };
}

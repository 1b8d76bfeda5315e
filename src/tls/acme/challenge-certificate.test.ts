import assert from 'node:assert/strict';
import { createHash, createPrivateKey, X509Certificate } from 'node:crypto';
import { describe, it } from 'node:test';
import { createChallengeCertificate } from './challenge-certificate.ts';

describe('certificate for TLS-ALPN-01', () => {
  it('carries the digest of the key authorization in a critical extension, for the one name', async () => {
    const wallMs = Date.UTC(2026, 5, 1);
    const { certPem, keyPem } = await createChallengeCertificate('shop.example', 'token.thumb', wallMs);
    const certificate = new X509Certificate(certPem);
    assert.ok(certificate.checkPrivateKey(createPrivateKey(keyPem)));
    assert.equal(certificate.subjectAltName, 'DNS:shop.example');
    assert.ok(Date.parse(certificate.validFrom) < wallMs && wallMs < Date.parse(certificate.validTo));
    const identifier = Buffer.from('06082b0601050507011f', 'hex');
    const critical = Buffer.from('0101ff', 'hex');
    const value = Buffer.from('04220420', 'hex');
    const digest = createHash('sha256').update('token.thumb').digest();
    assert.ok(certificate.raw.includes(Buffer.concat([identifier, critical, value, digest])));
  });
});

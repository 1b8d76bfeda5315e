import 'reflect-metadata';
import assert from 'node:assert/strict';
import { webcrypto } from 'node:crypto';
import { describe, it } from 'node:test';
import { AuthorityKeyIdentifierExtension, X509CertificateGenerator } from '@peculiar/x509';
import { createSelfSigned } from '../self-signed.ts';
import { certificateId, fetchRenewalAdvice } from './renewal-info.ts';
import { AUTHORITY_URL, ScriptedAuthority } from './testing/scripted-authority.ts';

const DIRECTORY_URL = `${AUTHORITY_URL}/directory`;
const RUNNING = new AbortController().signal;
const WINDOW = { start: '2026-01-02T04:00:00Z', end: '2026-01-03T04:00:00Z' };

async function advice(prepare: (authority: ScriptedAuthority) => void) {
  const authority = new ScriptedAuthority();
  authority.on('/directory', () => ({ json: { renewalInfo: `${AUTHORITY_URL}/renewal/` } }));
  prepare(authority);
  return await fetchRenewalAdvice(authority.call, DIRECTORY_URL, 'key.serial', RUNNING);
}

describe('certificateId', () => {
  it('is made of the key identifier of the authority and the serial number, as the standard shows it', async () => {
    const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
    const certificate = await X509CertificateGenerator.createSelfSigned({
      serialNumber: '0087654321',
      name: 'CN=example.com',
      signingAlgorithm: algorithm,
      keys: await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']),
      extensions: [new AuthorityKeyIdentifierExtension('69885b6b87464041e1b37b847ba0ae2cde01c8d4')],
    });
    assert.equal(certificateId(certificate.toString('pem')), 'aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE');
  });

  it('is not there without a key identifier, or a certificate', async () => {
    assert.equal(certificateId((await createSelfSigned(['shop.example'])).certPem), null);
    assert.equal(certificateId('no certificate'), null);
  });
});

describe('fetchRenewalAdvice', () => {
  it('reads the window and when to ask again', async () => {
    const answer = { json: { suggestedWindow: WINDOW }, retryAfterMs: 21_600_000 };
    const result = await advice((authority) => authority.on('/renewal/key.serial', () => answer));
    assert.deepEqual(result, {
      ok: true,
      value: {
        window: { startMs: Date.parse(WINDOW.start), endMs: Date.parse(WINDOW.end) },
        retryAfterMs: 21_600_000,
      },
    });
  });

  it('is empty where the authority does not give advice', async () => {
    const result = await advice((authority) => authority.on('/directory', () => ({ json: {} })));
    assert.deepEqual(result, { ok: true, value: { window: null, retryAfterMs: 0 } });
  });

  for (const [what, answer] of [
    ['a missing window', { json: {} }],
    [
      'a window that ends before it begins',
      { json: { suggestedWindow: { start: WINDOW.end, end: WINDOW.start } } },
    ],
    ['times that are none', { json: { suggestedWindow: { start: 'soon', end: 5 } } }],
    ['another status', { status: 404, json: { suggestedWindow: WINDOW } }],
    ['no JSON', { text: 'x' }],
  ] as const) {
    it(`is a fault with ${what}`, async () => {
      const result = await advice((authority) => authority.on('/renewal/key.serial', () => answer));
      assert.ok(!result.ok);
    });
  }
});

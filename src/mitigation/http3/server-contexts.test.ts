import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { it } from 'node:test';
import type { TlsPolicy, TlsProfile } from '../../tls/tls-policy.ts';
import { serverContexts } from './server-contexts.ts';

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const keyPem = String(privateKey.export({ type: 'pkcs8', format: 'pem' }));

function profile(certPem: string, names: readonly string[], asks = false): TlsProfile {
  return {
    names,
    certPem,
    keyPem,
    clientCertificates: asks ? 'required' : 'off',
    clientCaPem: asks ? 'authority' : null,
  };
}

function shown(profiles: readonly TlsProfile[], strictNames = false): Readonly<Record<string, string>> {
  const policy: TlsPolicy = {
    minVersion: 'TLSv1.2',
    maxVersion: 'TLSv1.3',
    http2: true,
    strictNames,
    profiles,
  };
  return Object.fromEntries(
    Object.entries(serverContexts(policy)).map(([name, { certs }]) => [name, String((certs as Buffer[])[0])]),
  );
}

it('each name gets the first certificate that has it, and the default counts last', () => {
  const profiles = [
    profile('default', ['a.org', 'b.org']),
    profile('first', ['a.org', '*.c.org']),
    profile('second', ['*.c.org']),
  ];
  assert.deepEqual(shown(profiles), {
    'a.org': 'first',
    'b.org': 'default',
    '*.c.org': 'first',
    '*': 'default',
  });
});

it('other names get nothing where names are strict', () => {
  assert.deepEqual(shown([profile('default', ['a.org'])], true), { 'a.org': 'default' });
});

it('names that ask clients for a certificate are left out, the default among them', () => {
  const profiles = [profile('default', ['a.org'], true), profile('other', ['b.org'])];
  assert.deepEqual(shown(profiles), { 'b.org': 'other' });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CertificateTable, DEFAULT_PROFILE, UNKNOWN_NAME } from './certificate-table.ts';
import type { TlsProfile } from './tls-policy.ts';

function table(...names: readonly (readonly string[])[]): CertificateTable {
  return new CertificateTable(
    names.map(
      (one): TlsProfile => ({
        names: one,
        certPem: '',
        keyPem: '',
        clientCertificates: 'off',
        clientCaPem: null,
      }),
    ),
  );
}

describe('certificate for a name', () => {
  it('is the one with the exact name before one with a wildcard', () => {
    const found = table([], ['*.example.org'], ['shop.example.org']);
    assert.equal(found.find('shop.example.org'), 2);
    assert.equal(found.find('blog.example.org'), 1);
  });

  it('stands for one label with a wildcard, neither for none nor for two', () => {
    const found = table([], ['*.example.org']);
    assert.equal(found.find('example.org'), UNKNOWN_NAME);
    assert.equal(found.find('a.b.example.org'), UNKNOWN_NAME);
  });

  it('is the first that has the name, and the default last', () => {
    const found = table(['shop.example', 'other.example'], ['shop.example'], ['shop.example']);
    assert.equal(found.find('shop.example'), 1);
    assert.equal(found.find('other.example'), DEFAULT_PROFILE);
  });

  it('is unknown for names that nobody has, whatever they look like', () => {
    const found = table(['shop.example']);
    for (const name of ['', 'example', '__proto__', 'constructor', '*.example', 'x.shop.example']) {
      assert.equal(found.find(name), UNKNOWN_NAME, name);
    }
  });
});

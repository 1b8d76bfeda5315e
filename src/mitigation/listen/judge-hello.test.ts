import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CertificateTable } from '../../tls/certificate-table.ts';
import type { ClientHello } from '../../tls/client-hello.ts';
import type { TlsProfile } from '../../tls/tls-policy.ts';
import { Challenges } from './challenges.ts';
import { type HelloJudgement, judgeHello } from './judge-hello.ts';

const NOTHING = new Uint16Array(0);

function profile(...names: readonly string[]): TlsProfile {
  return { names, certPem: '', keyPem: '', clientCertificates: 'off', clientCaPem: null };
}

const table = new CertificateTable([profile('default.example'), profile('shop.example', '*.shop.example')]);
const challenges = new Challenges({ tokens: [], certificates: [['shop.example', 'cert', 'key']] });

function judge(
  serverName: string | null,
  protocols: readonly string[] | null,
  strictNames = false,
): HelloJudgement {
  const hello: ClientHello = {
    legacyVersion: 0x0303,
    cipherSuites: NOTHING,
    extensions: NOTHING,
    supportedVersions: NOTHING,
    signatureAlgorithms: NOTHING,
    protocols,
    serverName,
  };
  return judgeHello(hello, { table, strictNames, protocols: ['h2', 'http/1.1'] }, challenges);
}

const UNKNOWN = { kind: 'refuse', reason: 'unknown_name', alert: 112 };
const NO_PROTOCOL = { kind: 'refuse', reason: 'no_protocol', alert: 120 };

describe('judging a ClientHello', () => {
  it('finds the certificate of the name, however it is spelled', () => {
    for (const name of ['shop.example', 'SHOP.example.', 'a.shop.example']) {
      const judgement = judge(name, null);
      assert.equal(judgement.kind === 'serve' && judgement.profile, 1, name);
    }
  });

  it('tells the name in its canonical form', () => {
    assert.deepEqual(judge('Shop.Example.', ['h2']), {
      kind: 'serve',
      serverName: 'shop.example',
      profile: 1,
    });
  });

  for (const name of ['unknown.example', '192.0.2.1', null]) {
    it(`shows the default for ${name ?? 'no name'}, or refuses it where names are strict`, () => {
      const judgement = judge(name, null);
      assert.equal(judgement.kind === 'serve' && judgement.profile, 0);
      assert.deepEqual(judge(name, null, true), UNKNOWN);
    });
  }

  it('knows the names of the default certificate also where names are strict', () => {
    assert.equal(judge('default.example', null, true).kind, 'serve');
  });

  for (const name of [`${'a.'.repeat(130)}example`, 'shop.example\0', 'shop..example', 'b\xfccher.example']) {
    it(`refuses the name ${JSON.stringify(name.slice(0, 20))} that no host has`, () => {
      assert.deepEqual(judge(name, null), UNKNOWN);
    });
  }

  it('refuses protocols without overlap, and takes a client that names none', () => {
    assert.deepEqual(judge(null, ['spdy/3', 'h3']), NO_PROTOCOL);
    assert.deepEqual(judge(null, []), NO_PROTOCOL);
    assert.equal(judge(null, ['spdy/3', 'http/1.1']).kind, 'serve');
    assert.equal(judge(null, null).kind, 'serve');
  });

  it('takes a challenge only where one is open for the name and nothing else is offered', () => {
    assert.deepEqual(judge('shop.example', ['acme-tls/1']), {
      kind: 'challenge',
      certificate: { certPem: 'cert', keyPem: 'key' },
    });
    assert.deepEqual(judge('other.example', ['acme-tls/1']), NO_PROTOCOL);
    assert.deepEqual(judge(null, ['acme-tls/1']), NO_PROTOCOL);
    assert.equal(judge('shop.example', ['acme-tls/1', 'http/1.1']).kind, 'serve');
  });
});

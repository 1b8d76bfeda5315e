import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { readCapture } from '../../tests/support/capture-file.ts';
import { findShared, skipWithout } from '../../tests/support/shared-data.ts';
import type { ClientHello } from './client-hello.ts';
import { HelloReader } from './hello-reader.ts';
import { ja4Of } from './ja4.ts';

const CAPTURES = [
  'browsers-x509.pcapng',
  'http1.pcapng',
  'latest.pcapng',
  'tls-handshake.pcapng',
  'tls-sni.pcapng',
  'tls3.pcapng',
];

/** Of the fields of an expected stream those that are compared. */
interface ExpectedStream {
  readonly src: string;
  readonly dst: string;
  readonly srcport: string;
  readonly dstport: string;
  readonly 'JA4.1'?: string;
}

const HELLO: ClientHello = {
  legacyVersion: 0x0303,
  cipherSuites: new Uint16Array(0),
  extensions: new Uint16Array(0),
  supportedVersions: new Uint16Array(0),
  signatureAlgorithms: new Uint16Array(0),
  protocols: null,
  serverName: null,
};

describe('JA4', () => {
  it('has zeros for the hashes of what is not there', () => {
    assert.equal(ja4Of(HELLO), 't12i000000_000000000000_000000000000');
  });

  it('takes the newest version and leaves GREASE out of it and of the counts', () => {
    const hello = {
      ...HELLO,
      cipherSuites: Uint16Array.of(0x3a3a, 0x1301),
      extensions: Uint16Array.of(0x1a1a, 0, 43),
      supportedVersions: Uint16Array.of(0xfafa, 0x0303, 0x0304, 0x0302),
    };
    assert.match(ja4Of(hello), /^t13d010200_/);
  });

  it('counts no further than 99', () => {
    const many = Uint16Array.from({ length: 150 }, (_, index) => index + 1);
    assert.match(ja4Of({ ...HELLO, cipherSuites: many, extensions: many }), /^t12i9999/);
  });

  for (const [protocol, expected] of [
    ['h2', 'h2'],
    ['http/1.1', 'h1'],
    ['x', 'xx'],
    ['\xab', 'ab'],
    ['\x30\xab', '3b'],
    ['a-', '6d'],
  ] as const) {
    it(`shortens the protocol ${JSON.stringify(protocol)} to ${expected}`, () => {
      assert.equal(ja4Of({ ...HELLO, protocols: [protocol] }).slice(8, 10), expected);
    });
  }

  it('does not depend on the order of ciphers and extensions, but on that of signatures', () => {
    const one = {
      ...HELLO,
      cipherSuites: Uint16Array.of(0x1301, 0xc02b),
      extensions: Uint16Array.of(13, 0x4469),
      signatureAlgorithms: Uint16Array.of(0x0403, 0x0804),
    };
    const shuffled = {
      ...one,
      cipherSuites: one.cipherSuites.toReversed(),
      extensions: one.extensions.toReversed(),
    };
    assert.equal(ja4Of(shuffled), ja4Of(one));
    const others = { ...one, signatureAlgorithms: one.signatureAlgorithms.toReversed() };
    assert.notEqual(ja4Of(others), ja4Of(one));
  });
});

describe('JA4 of captured clients', { skip: skipWithout('data/ja4') }, () => {
  for (const name of CAPTURES) {
    it(`is what others make of ${name}`, () => {
      const folder = findShared('data/ja4')!;
      const expected = JSON.parse(
        readFileSync(join(folder, 'expected', `${name}.json`), 'utf8'),
      ) as readonly ExpectedStream[];
      const found = new Map(
        readCapture(join(folder, 'pcap', name)).map(({ ends, octets }) => [ends, fingerprint(octets)]),
      );
      for (const { src, srcport, dst, dstport, 'JA4.1': ja4 } of expected) {
        if (ja4 === undefined || !ja4.startsWith('t')) continue;
        assert.equal(found.get(`${src}:${srcport}>${dst}:${dstport}`), ja4, `${src}:${srcport}`);
      }
    });
  }
});

function fingerprint(octets: Buffer): string {
  const reading = new HelloReader().push(octets);
  return reading.kind === 'hello' ? ja4Of(reading.hello) : reading.kind;
}

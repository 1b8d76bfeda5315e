import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as kind from './field-names.ts';
import { TOKEN } from './octets.ts';
import { octets } from './testing/read.ts';

function classify(name: string): number {
  // Octets before and behind the name must not matter.
  const bytes = octets(`host${name}host`);
  return kind.classifyFieldName(bytes, 4, 4 + name.length);
}

const KNOWN: readonly (readonly [string, number])[] = [
  ['host', kind.HOST],
  ['content-length', kind.CONTENT_LENGTH],
  ['transfer-encoding', kind.TRANSFER_ENCODING],
  ['connection', kind.CONNECTION],
  ['keep-alive', kind.KEEP_ALIVE],
  ['proxy-connection', kind.PROXY_CONNECTION],
  ['upgrade', kind.UPGRADE],
  ['te', kind.TE],
  ['trailer', kind.TRAILER],
  ['expect', kind.EXPECT],
  ['max-forwards', kind.MAX_FORWARDS],
  ['forwarded', kind.FORWARDED],
  ['x-real-ip', kind.FORWARDED],
  ['x-forwarded-proto', kind.FORWARDED],
  ['x-forwarded-host', kind.FORWARDED],
  ['x-forwarded-port', kind.FORWARDED],
  ['x-forwarded-by', kind.FORWARDED],
  ['x-forwarded-', kind.FORWARDED],
  ['x-forwarded-protocol', kind.FORWARDED],
  ['x-forwarded-client-cert', kind.FORWARDED],
  ['x-forwarded-for', kind.X_FORWARDED_FOR],
  ['x-request-id', kind.X_REQUEST_ID],
  ['http2-settings', kind.HTTP2_SETTINGS],
  ['sec-websocket-key', kind.SEC_WEBSOCKET_KEY],
  ['sec-websocket-version', kind.SEC_WEBSOCKET_VERSION],
  ['sec-websocket-accept', kind.SEC_WEBSOCKET_ACCEPT],
  ['authorization', kind.PROTECTED],
  ['cookie', kind.PROTECTED],
  ['content-type', kind.PROTECTED],
  ['content-encoding', kind.PROTECTED],
  ['via', kind.VIA],
];

describe('field names', () => {
  for (const [name, expected] of KNOWN) {
    it(`are known without regard to case: ${name}`, () => {
      assert.equal(classify(name), expected);
      assert.equal(classify(name.toUpperCase()), expected);
      assert.equal(classify(name.replace(/^./, (first) => first.toUpperCase())), expected);
    });
  }

  it('are not known by a part of them, nor with one octet more, less or other', () => {
    for (const [name, expected] of KNOWN) {
      if (expected === kind.FORWARDED) continue;
      for (const other of neighbours(name)) {
        if (KNOWN.some(([known]) => known === other.toLowerCase().replaceAll('_', '-'))) continue;
        if (other.toLowerCase().startsWith('x-forwarded-')) continue;
        assert.equal(classify(other), kind.OTHER, other);
      }
    }
  });

  it('that objects have are ordinary names', () => {
    for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty', '0', '4294967295']) {
      assert.equal(classify(name), kind.OTHER, name);
    }
  });

  it('written with underscores are known as aliases of the fields that the node writes itself', () => {
    for (const name of [
      ...['x_forwarded_for', 'X_Forwarded_For', 'x-forwarded_for', 'x_forwarded-for'],
      ...['x_forwarded_proto', 'X-Forwarded_Host', 'x_real_ip', 'x-real_ip', 'x_request_id', 'X-Request_Id'],
      ...['content_length', 'Content_Length', 'transfer_encoding', 'TRANSFER_ENCODING'],
    ]) {
      assert.equal(classify(name), kind.ALIAS, name);
    }
  });

  it('of the X-Forwarded family are known at any length', () => {
    for (let length = 0; length < 40; length++) {
      const name = `x-forwarded-${'n'.repeat(length)}`;
      assert.equal(classify(name), kind.FORWARDED, name);
      assert.equal(classify(name.replace('-', '_')), kind.ALIAS, name);
      assert.equal(classify(`${name}_`), kind.ALIAS, name);
    }
  });

  it('that name the client in the ways of other proxies are the proxies alone to set', () => {
    for (const name of [
      'x-forwarded',
      'client-ip',
      'x-client-ip',
      'true-client-ip',
      'cf-connecting-ip',
      'x-cluster-client-ip',
    ]) {
      assert.equal(classify(name), kind.FORWARDED, name);
      assert.equal(classify(name.replaceAll('-', '_')), kind.ALIAS, name);
    }
    assert.equal(classify('Proxy'), kind.ALIAS);
  });

  it('without a meaning for the node are left alone', () => {
    for (const name of [
      'accept',
      'user-agent',
      'x',
      'dnt',
      'range',
      'cookie2',
      'forwarded-for',
      'x-client-id',
      'proxy-status',
      '',
    ]) {
      assert.equal(classify(name), kind.OTHER, name);
    }
  });

  it('of the certificate of a client are known by their beginning, in either spelling', () => {
    for (const name of [
      'x-client-certificate',
      'X-Client-Certificate-Subject',
      'X_Client_Certificate_Verified',
      'x-client_certificate-anything',
    ]) {
      assert.equal(classify(name), kind.CLIENT_CERTIFICATE, name);
    }
    assert.equal(classify('x-client-certificat'), kind.OTHER);
    assert.equal(classify('y-client-certificate'), kind.OTHER);
  });
});

/** All names at a distance of one octet that is no difference in case. */
function neighbours(name: string): string[] {
  const tokens = [...TOKEN.keys()]
    .filter((octet) => TOKEN[octet] === 1)
    .map((octet) => String.fromCharCode(octet));
  const found = [name.slice(1), name.slice(0, -1), `x${name}`, `${name}x`, `${name}-`];
  for (let at = 0; at < name.length; at++) {
    for (const octet of tokens) {
      if (octet.toLowerCase() !== name[at]) found.push(name.slice(0, at) + octet + name.slice(at + 1));
    }
  }
  return found;
}

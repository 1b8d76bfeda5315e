import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createAddressWords } from '../../core/ip.ts';
import { type ProxiedConnection, writeProxyHeader } from './proxy-header.ts';

function proxied(address: string, localAddress: string): ProxiedConnection {
  const words = createAddressWords();
  return {
    client: { address, words, key: words, exempt: false },
    connection: { peerPort: 51_234, localAddress, localPort: 443 },
  };
}

describe('PROXY header', () => {
  it('is one line of text in version 1', () => {
    const text = (from: string, to: string): string => writeProxyHeader('v1', proxied(from, to)).toString();
    assert.equal(text('192.0.2.1', '198.51.100.7'), 'PROXY TCP4 192.0.2.1 198.51.100.7 51234 443\r\n');
    assert.equal(
      text('2001:db8::1', '2001:db8::7'),
      'PROXY TCP6 2001:db8:0:0:0:0:0:1 2001:db8:0:0:0:0:0:7 51234 443\r\n',
    );
  });

  it('is the binary form in version 2', () => {
    const header = writeProxyHeader('v2', proxied('192.0.2.1', '198.51.100.7'));
    assert.equal(header.toString('hex'), '0d0a0d0a000d0a515549540a2111000cc0000201c6336407c82201bb');
    const six = writeProxyHeader('v2', proxied('2001:db8::1', '2001:db8::7'));
    assert.equal(six.length, 16 + 36);
    assert.equal(six.readUInt16BE(14), 36);
    assert.equal(six.subarray(16, 32).toString('hex'), '20010db8000000000000000000000001');
    assert.equal(six.readUInt16BE(48), 51_234);
  });

  it('maps an IPv4 address where the other end is IPv6', () => {
    const header = writeProxyHeader('v1', proxied('192.0.2.1', '2001:db8::7')).toString();
    assert.match(header, /^PROXY TCP6 0:0:0:0:0:ffff:c000:201 2001:db8:/);
  });

  it('says so where it speaks for nobody', () => {
    assert.equal(writeProxyHeader('v1', null).toString(), 'PROXY UNKNOWN\r\n');
    assert.equal(writeProxyHeader('v1', proxied('nobody', '')).toString(), 'PROXY UNKNOWN\r\n');
    const local = writeProxyHeader('v2', null);
    assert.equal(local.length, 16);
    assert.equal(local[12], 0x20);
    assert.equal(local.readUInt16BE(14), 0);
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { PROXY_HEADER_BYTES_MAX, parseProxyHeader } from './proxy-header.ts';

const SIGNATURE = '0d0a0d0a000d0a515549540a';

/** A header of version 2: command, family, and what stands behind the length. */
function binary(command: number, family: number, rest: Buffer, length = rest.length): Buffer {
  const head = Buffer.from(`${SIGNATURE}00000000`, 'hex');
  head[12] = command;
  head[13] = family;
  head.writeUInt16BE(length, 14);
  return Buffer.concat([head, rest]);
}

const ENDS_IPV4 = Buffer.from('c0000201c6336401dc0401bb', 'hex');
const ENDS_IPV6 = Buffer.from(
  '20010db8000000000000000000000001' + '20010db8000000000000000000000002' + 'dc0401bb',
  'hex',
);
const PEER_IPV4 = { address: '192.0.2.1', port: 56_324, localAddress: '198.51.100.1', localPort: 443 };
const PEER_IPV6 = { address: '2001:db8::1', port: 56_324, localAddress: '2001:db8::2', localPort: 443 };

describe('PROXY protocol, version 1', () => {
  const accepted = [
    ['PROXY TCP4 192.0.2.1 198.51.100.1 56324 443', PEER_IPV4],
    ['PROXY TCP6 2001:db8::1 2001:db8::2 56324 443', PEER_IPV6],
    ['PROXY TCP6 ::ffff:192.0.2.1 2001:db8::2 56324 443', { ...PEER_IPV6, address: '192.0.2.1' }],
    ['PROXY TCP4 192.0.2.1 198.51.100.1 0 65535', { ...PEER_IPV4, port: 0, localPort: 65_535 }],
    ['PROXY UNKNOWN', null],
    ['PROXY UNKNOWN ffff:f...f:ffff ffff:f...f:ffff 65535 65535', null],
  ] as const;
  for (const [line, peer] of accepted) {
    it(`reads "${line}"`, () => {
      const bytes = Buffer.from(`${line}\r\nGET / HTTP/1.1\r\n`);
      assert.deepEqual(parseProxyHeader(bytes), { kind: 'header', peer, length: line.length + 2 });
    });
  }

  for (const line of [
    'GET / HTTP/1.1',
    'proxy TCP4 192.0.2.1 198.51.100.1 56324 443',
    'PROXY',
    'PROXY ',
    'PROXY TCP4',
    'PROXY TCP5 192.0.2.1 198.51.100.1 56324 443',
    'PROXY UNKNOWNS',
    'PROXY TCP4  192.0.2.1 198.51.100.1 56324 443',
    'PROXY TCP4 192.0.2.1 198.51.100.1 56324 443 ',
    'PROXY TCP4 192.0.2.1 198.51.100.1 56324 443 x',
    'PROXY TCP4 192.0.2.1 198.51.100.1 56324',
    'PROXY TCP4 192.0.2.01 198.51.100.1 56324 443',
    'PROXY TCP4 192.0.2.256 198.51.100.1 56324 443',
    'PROXY TCP4 2001:db8::1 2001:db8::2 56324 443',
    'PROXY TCP6 192.0.2.1 198.51.100.1 56324 443',
    'PROXY TCP6 2001:db8::1%eth0 2001:db8::2 56324 443',
    'PROXY TCP4 192.0.2.1 198.51.100.1 065 443',
    'PROXY TCP4 192.0.2.1 198.51.100.1 65536 443',
    'PROXY TCP4 192.0.2.1 198.51.100.1 -1 443',
    'PROXY TCP4 192.0.2.1 198.51.100.1 56324 443\n',
    'PROXY TCP4 192.0.2.1\t198.51.100.1 56324 443',
    `PROXY UNKNOWN ${'x'.repeat(100)}`,
  ]) {
    it(`refuses "${line.slice(0, 60).trimEnd()}"`, () => {
      assert.equal(parseProxyHeader(Buffer.from(`${line}\r\n`)).kind, 'fault');
    });
  }

  it('refuses a line end without its carriage return', () => {
    assert.equal(parseProxyHeader(Buffer.from('PROXY UNKNOWN\n')).kind, 'fault');
  });

  it('waits for no more than 107 octets', () => {
    const line = `PROXY UNKNOWN ${'x'.repeat(107 - 16)}\r\n`;
    assert.equal(parseProxyHeader(Buffer.from(line)).kind, 'header');
    assert.equal(parseProxyHeader(Buffer.from(line.slice(0, 106))).kind, 'more');
    assert.equal(parseProxyHeader(Buffer.from(`${line.slice(0, 105)}x`)).kind, 'more');
    assert.equal(parseProxyHeader(Buffer.from(`${line.slice(0, 105)}xx`)).kind, 'fault');
  });
});

describe('PROXY protocol, version 2', () => {
  const tlv = Buffer.from('0400026869', 'hex');
  const accepted: readonly (readonly [string, Buffer, typeof PEER_IPV4 | null])[] = [
    ['IPv4', binary(0x21, 0x11, ENDS_IPV4), PEER_IPV4],
    ['IPv6', binary(0x21, 0x21, ENDS_IPV6), PEER_IPV6],
    ['IPv4 with further fields', binary(0x21, 0x11, Buffer.concat([ENDS_IPV4, tlv, tlv])), PEER_IPV4],
    ['an empty further field', binary(0x21, 0x11, Buffer.concat([ENDS_IPV4, Buffer.alloc(3)])), PEER_IPV4],
    ['LOCAL, whatever follows', binary(0x20, 0x77, Buffer.from('xyz')), null],
    ['LOCAL without anything', binary(0x20, 0, Buffer.alloc(0)), null],
    ['an unspecified family', binary(0x21, 0, Buffer.from('abc')), null],
    ['a UNIX socket', binary(0x21, 0x31, Buffer.alloc(216)), null],
  ];
  for (const [what, header, peer] of accepted) {
    it(`reads ${what}, and nothing behind it`, () => {
      const bytes = Buffer.concat([header, Buffer.from([22, 3, 1])]);
      assert.deepEqual(parseProxyHeader(bytes), { kind: 'header', peer, length: header.length });
    });
  }

  const refused: readonly (readonly [string, Buffer])[] = [
    ['another signature', Buffer.from('0d0a0d0a000d0a515549540b21110000', 'hex')],
    ['version 1 in binary', binary(0x11, 0x11, ENDS_IPV4)],
    ['an unknown command', binary(0x22, 0x11, ENDS_IPV4)],
    ['datagrams', binary(0x21, 0x12, ENDS_IPV4)],
    ['an unknown family', binary(0x21, 0x41, ENDS_IPV4)],
    ['addresses that do not fit', binary(0x21, 0x11, ENDS_IPV4.subarray(0, 11))],
    ['IPv6 with the length of IPv4', binary(0x21, 0x21, ENDS_IPV4)],
    ['a short UNIX address', binary(0x21, 0x31, Buffer.alloc(215))],
    ['half a further field', binary(0x21, 0x11, Buffer.concat([ENDS_IPV4, Buffer.from([4, 0])]))],
    [
      'a further field that is too long',
      binary(0x21, 0x11, Buffer.concat([ENDS_IPV4, Buffer.from([4, 0, 1])])),
    ],
    ['more than its bound', binary(0x21, 0x11, Buffer.alloc(0), PROXY_HEADER_BYTES_MAX)],
  ];
  for (const [what, bytes] of refused) {
    it(`refuses ${what}`, () => assert.equal(parseProxyHeader(bytes).kind, 'fault'));
  }

  it('waits wherever the header is cut', () => {
    const header = binary(0x21, 0x11, Buffer.concat([ENDS_IPV4, tlv]));
    for (let end = 0; end < header.length; end++) {
      assert.equal(parseProxyHeader(header.subarray(0, end)).kind, 'more', `cut at ${end}`);
    }
  });
});

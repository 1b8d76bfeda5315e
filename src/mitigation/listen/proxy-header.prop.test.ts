import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { PROXY_HEADER_BYTES_MAX, parseProxyHeader } from './proxy-header.ts';

const beginnings = [
  Buffer.alloc(0),
  Buffer.from('PROXY '),
  Buffer.from('PROXY TCP4 192.0.2.1 '),
  Buffer.from('0d0a0d0a000d0a515549540a', 'hex'),
  Buffer.from('0d0a0d0a000d0a515549540a2111', 'hex'),
];

describe('PROXY header', () => {
  it('has one reading of any octets, which no later octet changes', () => {
    fc.assert(
      fc.property(fc.constantFrom(...beginnings), fc.uint8Array({ maxLength: 300 }), (beginning, noise) => {
        const bytes = Buffer.concat([beginning, noise]);
        const whole = parseProxyHeader(bytes);
        let first = parseProxyHeader(bytes.subarray(0, 0));
        for (let end = 1; end <= bytes.length && first.kind === 'more'; end++) {
          first = parseProxyHeader(bytes.subarray(0, end));
        }
        assert.deepEqual(first, whole);
        if (whole.kind === 'header') assert.ok(whole.length <= bytes.length);
      }),
    );
  });

  it('is never waited for beyond its bound', () => {
    fc.assert(
      fc.property(fc.constantFrom(...beginnings), fc.nat(255), (beginning, octet) => {
        const bytes = Buffer.concat([beginning, Buffer.alloc(PROXY_HEADER_BYTES_MAX, octet)]);
        assert.notEqual(parseProxyHeader(bytes).kind, 'more');
      }),
    );
  });
});

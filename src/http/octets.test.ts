import assert from 'node:assert/strict';
import { it } from 'node:test';
import { FIELD_VALUE, HEX_VALUE, isToken, TARGET, TOKEN } from './octets.ts';

const ALL: readonly number[] = Array.from({ length: 256 }, (_, octet) => octet);

it('knows the octets of a token (RFC 9110 §5.6.2)', () => {
  const pattern = /^[!#$%&'*+.^_`|~0-9A-Za-z-]$/;
  for (const octet of ALL)
    assert.equal(TOKEN[octet] === 1, pattern.test(String.fromCharCode(octet)), `${octet}`);
});

it('knows the octets of a field value: no control but HTAB, no DEL (RFC 9110 §5.5)', () => {
  for (const octet of ALL) {
    assert.equal(FIELD_VALUE[octet] === 1, octet === 9 || (octet >= 0x20 && octet !== 0x7f), `${octet}`);
  }
});

it('lets a target hold visible ASCII without "#" (RFC 9112 §3.2)', () => {
  for (const octet of ALL) {
    assert.equal(TARGET[octet] === 1, octet > 0x20 && octet < 0x7f && octet !== 0x23, `${octet}`);
  }
});

it('knows the values of hexadecimal digits', () => {
  for (const octet of ALL) {
    const text = String.fromCharCode(octet);
    assert.equal(HEX_VALUE[octet], /^[0-9A-Fa-f]$/.test(text) ? Number.parseInt(text, 16) : 255, `${octet}`);
  }
});

it('takes no empty text and nothing beyond an octet for a token', () => {
  assert.equal(isToken('x-Y_1'), true);
  for (const text of ['', ' ', 'a b', 'a:', '\xe9', '\u0141', '\u{1f600}', 'a\0'])
    assert.equal(isToken(text), false);
});

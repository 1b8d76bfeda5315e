import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isAuthority } from './authority.ts';

describe('authority of a request (RFC 9110 §7.2)', () => {
  const accepted: readonly string[] = [
    ...[
      'example.org',
      'EXAMPLE.org',
      'example.org.',
      'localhost',
      'a',
      '1',
      'xn--bcher-kva.example',
      'a_b.example',
    ],
    ...['example.org:80', 'example.org:', 'example.org:0', 'example.org:65535', 'example.org:00080'],
    ...['192.0.2.1', '192.0.2.1:8443', '[::1]', '[::1]:443', '[2001:DB8::1]', '[::ffff:192.0.2.1]:1'],
    ...[`${'a'.repeat(255)}`, `${'a'.repeat(255)}:65535`],
  ];
  for (const text of accepted) {
    it(`accepts ${text.length > 60 ? `${text.length} octets` : text}`, () =>
      assert.equal(isAuthority(text), true));
  }

  const refused: readonly (readonly [string, string])[] = [
    ['nothing', ''],
    ['a port without a host', ':80'],
    ['a list', 'a.example,b.example'],
    ['a list with a space', 'a.example, b.example'],
    ['user information', 'user@example.org'],
    ['user information with a password', 'user:pass@example.org'],
    ['a path', 'example.org/'],
    ['a path that is a backslash', 'example.org\\x'],
    ['a query', 'example.org?x'],
    ['a fragment', 'example.org#x'],
    ['a percent escape', 'example%2eorg'],
    ['a space inside', 'example .org'],
    ['an octet above ASCII', 'ex\xe4mple.org'],
    ['sub-delimiters', "a!$&'()*+;=b"],
    ['quotes', '"example.org"'],
    ['a second port', 'example.org:80:80'],
    ['a port that is no number', 'example.org:http'],
    ['a signed port', 'example.org:+80'],
    ['a hexadecimal port', 'example.org:0x50'],
    ['a port above 65535', 'example.org:65536'],
    ['a port of six digits', 'example.org:000080'],
    ['an address without its brackets', '::1'],
    ['an open bracket', '[::1'],
    ['a closed bracket alone', '::1]'],
    ['empty brackets', '[]'],
    ['text behind the brackets', '[::1]x'],
    ['an IPv4 address in brackets', '[192.0.2.1]'],
    ['a name in brackets', '[example.org]'],
    ['colons that are no address', '[:::]'],
    ['too few groups', '[1:2]'],
    ['dots that are no address', '[....]'],
    ['too many groups', '[1:2:3:4:5:6:7:8:9]'],
    ['a group of five digits', '[12345::]'],
    ['two gaps', '[1::2::3]'],
    ['a zone', '[fe80::1%25eth0]'],
    ['an address of the future', '[v1.x]'],
    ['256 octets of name', 'a'.repeat(256)],
    ['256 octets of name with a port', `${'a'.repeat(256)}:80`],
  ];
  for (const [what, text] of refused) it(`refuses ${what}`, () => assert.equal(isAuthority(text), false));

  it('accepts letters, digits, hyphen, dot and underscore in a name, and no other octet', () => {
    for (let octet = 0; octet < 256; octet++) {
      const text = String.fromCharCode(octet);
      assert.equal(isAuthority(`a${text}b`), /^[A-Za-z0-9._-]$/.test(text), `octet ${octet}`);
    }
  });

  it('accepts every digit in a port, and no other octet', () => {
    for (let octet = 0; octet < 256; octet++) {
      const text = String.fromCharCode(octet);
      assert.equal(isAuthority(`a:1${text}`), /^[0-9]$/.test(text), `octet ${octet}`);
    }
  });
});

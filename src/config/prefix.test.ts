import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checkAddress, checkPrefix } from './prefix.ts';

describe('checkPrefix', () => {
  for (const text of [
    '192.0.2.7',
    '10.0.0.0/8',
    '0.0.0.0/0',
    '2001:db8::/32',
    '::1',
    '::/0',
    '192.0.2.7/32',
  ]) {
    it(`accepts ${text}`, () => assert.deepEqual(checkPrefix(text), { ok: true, value: text }));
  }

  const refused: readonly (readonly [string, string | null])[] = [
    ['10.0.0.1/8', 'write 10.0.0.0/8'],
    ['2001:db8::1/32', 'write 2001:db8::/32'],
    ['192.0.2.7/031', null],
    [' 192.0.2.7', 'write "192.0.2.7"'],
    ['192.0.2.7/33', null],
    ['::/129', null],
    ['192.0.2.7/-1', null],
    ['192.0.2.7/', null],
    ['192.0.2.0/24/24', null],
    ['192.0.02.7', null],
    ['192.0.2', null],
    ['fe80::1%eth0', null],
    ['localhost', null],
    ['', null],
  ];
  for (const [text, suggestion] of refused) {
    it(`refuses "${text}" and suggests ${suggestion ?? 'nothing'}`, () => {
      const checked = checkPrefix(text);
      assert.ok(!checked.ok);
      assert.equal(checked.fault.suggestion, suggestion);
    });
  }
});

describe('checkAddress', () => {
  it('accepts one address', () => {
    assert.ok(checkAddress('192.0.2.7').ok && checkAddress('2001:db8::7').ok);
  });

  it('refuses a prefix and says what to leave out', () => {
    const checked = checkAddress('10.0.0.0/8');
    assert.ok(!checked.ok);
    assert.equal(checked.fault.suggestion, 'leave out the prefix length');
  });
});

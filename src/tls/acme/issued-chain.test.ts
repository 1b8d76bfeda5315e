import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createSelfSigned } from '../self-signed.ts';
import { checkIssuedChain } from './issued-chain.ts';

const own = await createSelfSigned(['shop.example']);
const other = await createSelfSigned(['bank.example']);

function check(text: string, name = 'shop.example', wallMs = Date.now()) {
  return checkIssuedChain(text, own.keyPem, name, wallMs);
}

describe('checkIssuedChain', () => {
  it('keeps the certificates and nothing else of the file', () => {
    const hidden = `noise\n${own.certPem}${other.keyPem}more\n${other.certPem}`;
    const chain = check(hidden);
    assert.ok(chain.ok);
    assert.equal(chain.value.certPem, own.certPem + other.certPem);
    assert.ok(chain.value.validFromMs < Date.now());
    assert.ok(chain.value.validUntilMs > Date.now());
  });

  for (const [what, text, fault] of [
    ['empty', '', /no chain/],
    ['no certificate', 'hello', /no chain/],
    ['broken', own.certPem.replace('MII', 'AAA'), /no chain/],
    ['cut off', own.certPem.slice(0, 200), /no chain/],
    ['endless', own.certPem.repeat(11), /no chain/],
    ['for another key', other.certPem, /another key/],
  ] as const) {
    it(`refuses a chain that is ${what}`, () => {
      const chain = check(text);
      assert.ok(!chain.ok);
      assert.match(chain.fault, fault);
    });
  }

  it('refuses a chain for another name', () => {
    const chain = check(own.certPem, 'bank.example');
    assert.deepEqual(chain, { ok: false, fault: 'is not for bank.example' });
  });

  it('refuses a chain that has expired', () => {
    const chain = check(own.certPem, 'shop.example', Date.now() + 3 * 365 * 86_400_000);
    assert.ok(!chain.ok);
    assert.match(chain.fault, /has expired/);
  });
});

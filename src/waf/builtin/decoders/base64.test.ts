import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decodeBase64 } from './base64.ts';

function encode(text: string): string {
  return Buffer.from(text, 'latin1').toString('base64');
}

describe('decodeBase64', () => {
  const script = '<script>alert(1)</script>';

  it('reads a value, padded or not, in either alphabet', () => {
    assert.equal(decodeBase64(encode(script)), script);
    assert.equal(decodeBase64(encode(script).replace(/=+$/, '')), script);
    assert.equal(decodeBase64(Buffer.from(script, 'latin1').toString('base64url')), script);
  });

  it('reads the payload of a data address', () => {
    assert.equal(decodeBase64(`data:text/html;charset=utf-8;base64,${encode(script)}`), script);
  });

  for (const text of [
    'short',
    'two words of text',
    encode('\x00\x01\x02\x80\x81\x82\x83\x84\x85'),
    'a/b?c=d&e=f&g=h',
    '',
  ]) {
    it(`leaves ${JSON.stringify(text)}`, () => assert.equal(decodeBase64(text), text));
  }
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { PREFACE, prefaceMatch } from './preface.ts';

describe('preface', () => {
  it('is known when it is whole, whatever stands behind it', () => {
    const bytes = Buffer.concat([PREFACE, Buffer.from('more')]);
    assert.equal(prefaceMatch(bytes, 0, bytes.length), 'match');
    for (let end = 0; end < PREFACE.length; end++) assert.equal(prefaceMatch(bytes, 0, end), 'more');
  });

  it('is told from a request of HTTP/1.1 at the first octet that differs', () => {
    assert.equal(prefaceMatch(Buffer.from('G'), 0, 1), 'mismatch');
    assert.equal(prefaceMatch(Buffer.from('PU'), 0, 2), 'mismatch');
    assert.equal(prefaceMatch(Buffer.from('PRI / HTTP/1.1'), 0, 14), 'mismatch');
  });
});

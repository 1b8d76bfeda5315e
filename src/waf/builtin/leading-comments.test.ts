import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { behindComments } from './leading-comments.ts';

describe('behindComments', () => {
  it('drops comments at the beginning', () => {
    assert.equal(behindComments('/**/{}'), '{}');
    assert.equal(behindComments(' // a\n\t/* b\n */ // c\r\n [1] // d'), '[1] // d');
  });

  it('gives a text without them back as it is', () => {
    for (const text of ['', ' {}', '/a/', '/* open', '// open', '{}/**/']) {
      assert.equal(behindComments(text), text);
    }
  });

  it('reads so many comments and no more', () => {
    assert.equal(behindComments('/**/'.repeat(70)), '/**/'.repeat(6));
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { foldLookAlikes } from './look-alikes.ts';

const bytes = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');

describe('look-alikes of ASCII characters', () => {
  it('become these', () => {
    assert.equal(foldLookAlikes(bytes('‘a’ “b” ʼ ＇＂')), `'a' "b" ' '"`);
    assert.equal(foldLookAlikes(bytes('＜ｓｃｒｉｐｔ＞～')), '<script>~');
  });

  it('are all there is to change', () => {
    for (const text of ['plain', bytes('naïve – café … 你好、ｱ'), '\xe2\x80', '\xef\xbd\xa1']) {
      assert.equal(foldLookAlikes(text), text);
    }
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readCookies } from './cookies.ts';
import { pairsOf } from './testing/bodies.ts';

function cookies(field: string): string[] {
  return pairsOf({ fields: readCookies(field, 100).pairs });
}

describe('a Cookie field', () => {
  it('is split at semicolons and the first equals sign', () => {
    assert.deepEqual(cookies('a=1; b=2=3;c; =4;; a="x y"'), ['a=1', 'b=2=3', 'c=', '=4', 'a="x y"']);
  });

  it('is not decoded, and hides nothing behind control characters', () => {
    assert.deepEqual(cookies('a=%41+\u0001<script>\u00ff; b=\u007f'), [
      'a=%41+\u0001<script>\u00ff',
      'b=\u007f',
    ]);
    assert.deepEqual(cookies('\ta=1;\t b=2'), ['a=1', 'b=2']);
    assert.deepEqual(cookies(' ; '), []);
  });

  it('keeps cookies over the limit as one text', () => {
    const list = readCookies('a=1; b=2; c=<script>; d', 2);
    assert.equal(list.fault?.kind, 'limit');
    assert.deepEqual(pairsOf({ fields: list.pairs }), ['a=1', 'b=2', '=c=<script>; d']);
  });
});

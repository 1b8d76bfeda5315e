import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { pairsOf, readWhole } from './testing/bodies.ts';
import { readPairs, UrlencodedParser } from './urlencoded.ts';

function pairs(query: string, separator = '&', max = 100): string[] {
  return pairsOf({ fields: readPairs(query, separator, max).pairs });
}

describe('the pairs of a query string', () => {
  it('keep order, duplicates and empty names', () => {
    assert.deepEqual(pairs('b=1&a=2&b=3&=4&c&d='), ['b=1', 'a=2', 'b=3', '=4', 'c=', 'd=']);
  });

  it('split at the first equals sign and skip empty pieces', () => {
    assert.deepEqual(pairs('a=b=c&&&d==e&'), ['a=b=c', 'd==e']);
    assert.deepEqual(pairs(''), []);
  });

  it('are decoded once, and leave broken escapes as they are', () => {
    assert.deepEqual(pairs('a%5B%5d=1+2%2525&b=%zz%4%&c=%u0041'), ['a[]=1 2%25', 'b=%zz%4%', 'c=%u0041']);
    assert.deepEqual(pairs('a=%00%ff'), ['a=\u0000\u00ff']);
    assert.deepEqual(pairs('a%3Db%26=c'), ['a=b&=c']);
  });

  it('may be separated otherwise', () => {
    assert.deepEqual(pairs('a=1;b=2&c', ';'), ['a=1', 'b=2&c']);
  });

  it('over the limit are kept as one text', () => {
    const list = readPairs('a=1&b=2&c=%3Cscript%3E&d=4', '&', 2);
    assert.equal(list.fault?.kind, 'limit');
    assert.deepEqual(pairsOf({ fields: list.pairs }), ['a=1', 'b=2', '=c=<script>&d=4']);
    assert.equal(readPairs('a&b', '&', 2).fault, null);
    assert.equal(readPairs('a&b&', '&', 2).fault, null);
  });
});

describe('a form that is cut off', () => {
  it('keeps its last piece and says so', () => {
    const body = readWhole(new UrlencodedParser('&', 10), 'a=1&b=unio', false);
    assert.deepEqual(pairsOf(body), ['a=1', 'b=unio']);
    assert.equal(body.fault?.kind, 'truncated');
  });
});

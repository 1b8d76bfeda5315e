import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { JsonParser } from './json.ts';
import type { ParsedBody } from './parsed-body.ts';
import { LIMITS, pairsOf, readWhole } from './testing/bodies.ts';

function parse(text: string, limits = {}, complete = true): ParsedBody {
  return readWhole(new JsonParser({ ...LIMITS, ...limits }), text, complete);
}

describe('the JSON parser', () => {
  it('names values by their path', () => {
    const body = parse('{"a":{"b":1,"c":[true,{"d":null}]},"e":"text"}');
    assert.deepEqual(pairsOf(body), [
      'json.a.b=1',
      'json.a.c.0=true',
      'json.a.c.1.d=null',
      'json.a.c=2',
      'json.e=text',
    ]);
    assert.equal(body.fault, null);
  });

  it('takes lists and values at the top', () => {
    assert.deepEqual(pairsOf(parse('["x", 2]')), ['json.0=x', 'json.1=2']);
    assert.deepEqual(pairsOf(parse(' "x" ')), ['json=x']);
    assert.deepEqual(pairsOf(parse('-1.5e+7')), ['json=-1.5e+7']);
  });

  it('keeps duplicate keys, and keys that read like a path', () => {
    assert.deepEqual(pairsOf(parse('{"a":1,"a":2}')), ['json.a=1', 'json.a=2']);
    assert.deepEqual(pairsOf(parse('{"a.b":1,"a":{"b":2}}')), ['json.a.b=1', 'json.a.b=2']);
  });

  it('takes names that objects have by themselves like any other', () => {
    assert.deepEqual(pairsOf(parse('{"__proto__":{"x":1},"constructor":2}')), [
      'json.__proto__.x=1',
      'json.constructor=2',
    ]);
  });

  it('shows the key of an empty list or object', () => {
    assert.deepEqual(pairsOf(parse('{"a":{},"b":[]}')), ['json.a=', 'json.b=']);
    assert.deepEqual(pairsOf(parse('{}')), []);
  });

  it('decodes escapes to UTF-8', () => {
    assert.deepEqual(pairsOf(parse('{"\\u0061":"\\u00e9\\ud83d\\ude00\\n\\/"}')), [
      `json.a=${latin1('\u00e9\u{1f600}\n/')}`,
    ]);
  });

  it('makes U+FFFD of half a pair', () => {
    for (const half of ['\\ud83d', '\\ude00', '\\ud83dx', '\\ud83d\\u0041']) {
      const [field] = parse(`"${half}"`).fields;
      assert.ok(field?.value.startsWith(latin1('\ufffd')), half);
    }
  });

  it('keeps octets that are not UTF-8', () => {
    assert.deepEqual(pairsOf(parse('"\u00ff\u0080"')), ['json=\u00ff\u0080']);
  });

  it('refuses what JSON does not have', () => {
    const wrong = [
      '{a:1}',
      "{'a':1}",
      '[1,]',
      '{"a":1,}',
      '[1 2]',
      '01',
      '+1',
      '1.',
      '.5',
      'NaN',
      'tru',
      '"\\x"',
    ];
    for (const text of [...wrong, '"\t"', '// c\n1', '1 1', '[]]', '{"a"}', '[:1]', '"\\u12g4"']) {
      assert.equal(parse(text).fault?.kind, 'syntax', text);
    }
  });

  it('keeps what follows a fault as one text', () => {
    assert.deepEqual(pairsOf(parse('{"a":"x", b: "<script>"}')), ['json.a=x', 'json=b: "<script>"}']);
  });

  it('says that a document has no end, and keeps its last piece', () => {
    for (const [text, last] of [
      ['{"a":"unio', 'json.a=unio'],
      ['{"a":[1,"b\\u00', 'json.a.1=b\\u00'],
      ['{"a":tru', 'json.a=tru'],
      ['{"key', 'json.key='],
    ] as const) {
      const body = parse(text, {}, false);
      assert.equal(body.fault?.kind, 'truncated', text);
      assert.equal(pairsOf(body).at(-1), last);
    }
    assert.equal(parse('').fault?.kind, 'truncated');
  });

  it('bounds depth without recursion', () => {
    const deep = '['.repeat(100_000);
    assert.equal(parse(deep).fault?.kind, 'limit');
    assert.equal(parse('[[1]]', { depthMax: 2 }).fault, null);
    assert.equal(parse('[[[1]]]', { depthMax: 2 }).fault?.kind, 'limit');
  });

  it('keeps the values over the limit as one text', () => {
    const body = parse('["a","b","<script>","d"]', { argumentsMax: 2 });
    assert.equal(body.fault?.kind, 'limit');
    assert.deepEqual(pairsOf(body), ['json.0=a', 'json.1=b', 'json=<script>","d"]']);
  });

  it('bounds the length of all names together', () => {
    const body = parse(`{"${'k'.repeat(20_000)}":[${'1,'.repeat(900)}1]}`);
    assert.equal(body.fault?.kind, 'limit');
    const characters = body.fields.reduce((total, { name }) => total + name.length, 0);
    assert.ok(characters <= 256_000);
  });
});

function latin1(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

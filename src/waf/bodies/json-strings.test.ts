import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { runs } from '../../../tests/support/fuzz.ts';
import { visitJsonStrings } from './json-strings.ts';

function read(text: string): { strings: string[]; valid: boolean } {
  const strings: string[] = [];
  const valid = visitJsonStrings(text, (value) => strings.push(value));
  return { strings, valid };
}

describe('visitJsonStrings', () => {
  it('visits names and values at every depth', () => {
    assert.deepEqual(read('{"a":["b",{"c":{"d":1.5e3}}],"__proto__":null, "a":true}'), {
      strings: ['a', 'b', 'c', 'd', '__proto__', 'a'],
      valid: true,
    });
  });

  it('decodes escapes, code units as UTF-8', () => {
    assert.deepEqual(read('"\\u003cb\\u003e \\"x\\" \\\\ \\/ \\n \\u00e9 \\x"').strings, [
      '<b> "x" \\ / \n \xc3\xa9 x',
    ]);
  });

  it('reads what is cut off or broken as far as it goes', () => {
    assert.deepEqual(read('{"a":"b').strings, ['a', 'b']);
    assert.deepEqual(read('"\\').strings, ['']);
    assert.deepEqual(read('"\\u00').strings, ['00']);
  });

  it('tells when something stands outside of strings that JSON does not have', () => {
    assert.equal(read("{'a':1}").valid, false);
    assert.equal(read('{"a":<b>}').valid, false);
    assert.equal(read('alert(1)').valid, false);
  });

  it('finds every string of a document', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        const expected: string[] = [];
        JSON.stringify(value, (key, inner: unknown) => {
          if (key !== '') expected.push(Buffer.from(key, 'utf8').toString('latin1'));
          if (typeof inner === 'string') expected.push(Buffer.from(inner, 'utf8').toString('latin1'));
          return inner;
        });
        const { strings, valid } = read(Buffer.from(JSON.stringify(value), 'utf8').toString('latin1'));
        assert.ok(valid);
        for (const text of expected) {
          if (!/^[0-9]*$/.test(text)) assert.ok(strings.includes(text), text);
        }
      }),
      { numRuns: runs(100) },
    );
  });
});

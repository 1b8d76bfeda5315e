import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ALL_FAMILIES } from '../builtin-rules.ts';
import { builtinOf, judgeHead } from '../testing/judging.ts';

const rules = builtinOf();

function idsOf(path: string): string[] {
  return judgeHead(rules, path).matches.map(({ ruleId }) => ruleId);
}

describe('paths that can be decoded in two ways', () => {
  for (const path of ['/a%00.html', '/a%0d%0ab', '/%c0%80', '/%u0000', '/%E0%80%80']) {
    it(`finds ${path}`, () => assert.ok(idsOf(path).includes('invalid-path-encoding')));
  }
  for (const path of ['/a%20b', '/100%', '/%zz', '/%c0%cf', '/a?b=%00', '/%e0%b8%81']) {
    it(`leaves ${path}`, () => assert.ok(!idsOf(path).includes('invalid-path-encoding')));
  }

  it('pass where protocol abuse is not looked for', () => {
    const lenient = builtinOf({ families: { ...ALL_FAMILIES, protocol: false } });
    assert.deepEqual(judgeHead(lenient, '/a%00.html').matches, []);
    assert.ok(lenient.rules.every(({ id }) => id !== 'invalid-path-encoding'));
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { gradeSql } from './detect-sql.ts';
import { isRange } from './ranges.ts';

describe('isRange', () => {
  for (const text of ['>=1.2 <2 || 3', '1 < 18 and 3 > 1', '~2.0 || >=3', '>5 and <9']) {
    it(`knows ${text}`, () => {
      assert.ok(isRange(text));
      assert.equal(gradeSql(text), null);
    });
  }
  for (const text of ['1 or 2>1', '1=1 or 2>1', ">1' or '1", '>1 or 1=1', '<1 or 2>1--', '>1 or sleep(5)']) {
    it(`is none: ${text}`, () => assert.ok(!isRange(text)));
  }
});

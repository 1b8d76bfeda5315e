import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { joinValues } from './joined-values.ts';

describe('joinValues', () => {
  it('joins the values of a name that occurs again', () => {
    assert.deepEqual(joinValues('a=1&b=2&a=3&__proto__=x&__proto__=y', '&'), [
      { name: 'a', text: '1,3' },
      { name: '__proto__', text: 'x,y' },
    ]);
  });

  it('leaves single values, lists and pairs without a name', () => {
    assert.deepEqual(joinValues('a=1&b=2&c&c&=1&=2', '&'), []);
    assert.deepEqual(joinValues('a=1&'.repeat(5), '&'), []);
  });

  it('looks at a bounded number of pairs', () => {
    assert.deepEqual(joinValues(`${'&'.repeat(63)}a=1&a=2`, '&'), []);
  });
});

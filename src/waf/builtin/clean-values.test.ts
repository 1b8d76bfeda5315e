import assert from 'node:assert/strict';
import { it } from 'node:test';
import { CleanValues } from './clean-values.ts';

it('remembers values', () => {
  const values = new CleanValues();
  values.add('a');
  assert.ok(values.has('a'));
  assert.ok(!values.has('b'));
});

it('keeps values in use and forgets the others', () => {
  const values = new CleanValues();
  values.add('seen');
  values.add('once');
  for (let index = 0; index < 2000; index += 1) {
    values.add(String(index));
    assert.ok(values.has('seen'));
  }
  assert.ok(!values.has('once'));
});

it('leaves long values', () => {
  const values = new CleanValues();
  values.add('x'.repeat(1000));
  assert.ok(!values.has('x'.repeat(1000)));
});

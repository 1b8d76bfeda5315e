import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TEXT_MAX, VARIABLE_CHARACTERS_MAX, VARIABLES_MAX } from './bounds.ts';
import { VariableTable } from './variable-table.ts';
import { Variables } from './variables.ts';

function createVariables(): Variables {
  const table = new VariableTable();
  table.slot('known');
  return new Variables(
    table,
    table.names.map(() => undefined),
  );
}

test('a template is shared until something is written', () => {
  const table = new VariableTable();
  const slot = table.slot('a');
  const template = table.names.map((name) => (name === 'a' ? '1' : undefined));
  const one = new Variables(table, template);
  const other = new Variables(table, template);
  one.set(slot, '2');
  assert.equal(other.get(slot), '1');
  assert.equal(other.slots, template);
  assert.equal(template[slot], '1');
});

test('names with and without a slot are written and removed alike', () => {
  const variables = createVariables();
  for (const name of ['known', 'unknown']) {
    variables.setNamed(name, 'x');
    assert.equal(variables.getNamed(name), 'x');
    variables.setNamed(name, undefined);
    assert.equal(variables.getNamed(name), undefined);
  }
});

test('values, names made at run time and all of them together are bounded', () => {
  const variables = createVariables();
  variables.setNamed('known', 'x'.repeat(TEXT_MAX + 1));
  assert.equal(variables.getNamed('known')?.length, TEXT_MAX);
  for (let index = 0; index < VARIABLES_MAX + 10; index += 1) variables.setNamed(`n${index}`, '1');
  assert.equal(variables.others?.size, VARIABLES_MAX);
  const large = createVariables();
  const value = 'x'.repeat(TEXT_MAX);
  for (let index = 0; index < 200; index += 1) large.setNamed(`n${index}`, value);
  const kept = large.others?.size ?? 0;
  assert.ok(kept > 0 && kept * TEXT_MAX <= VARIABLE_CHARACTERS_MAX);
  large.setNamed('n0', undefined);
  large.setNamed('another', value);
  assert.equal(large.getNamed('another'), value);
});

test('a capture takes away those of the one before', () => {
  const variables = createVariables();
  variables.capture(['a', 'b']);
  variables.capture(['c']);
  assert.deepEqual([variables.get(0), variables.get(1)], ['c', undefined]);
});

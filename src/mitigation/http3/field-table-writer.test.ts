import assert from 'node:assert/strict';
import { it } from 'node:test';
import { CONTENT_LENGTH } from '../../http/hpack/static-table.ts';
import { FieldTableWriter, firstValues } from './field-table-writer.ts';

function written(): FieldTableWriter {
  const writer = new FieldTableWriter();
  writer.begin();
  writer.status(200);
  writer.field('set-cookie', 'a=1');
  writer.copy(Buffer.from('Set-Cookie: b=2'), 0, 10, 12, 15);
  writer.field('age', '1');
  writer.field('age', '2');
  writer.field('__proto__', 'x');
  writer.named(CONTENT_LENGTH, '5');
  return writer;
}

it('gathers fields by name, in lower case', () => {
  assert.deepEqual(Object.entries(written().fields), [
    [':status', '200'],
    ['set-cookie', ['a=1', 'b=2']],
    ['age', ['1', '2']],
    ['__proto__', 'x'],
    ['content-length', '5'],
  ]);
});

it('keeps all cookies where of other fields only the first value is taken', () => {
  const { 'set-cookie': cookies, age } = firstValues(written().fields);
  assert.deepEqual([cookies, age], [['a=1', 'b=2'], '1']);
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseRequestEdit, parseResponseEdit } from '../../config/header-edit.ts';
import { classifyFieldName, OTHER, PROTECTED } from '../../http/field-names.ts';
import { compileEdits } from './compile-edits.ts';

describe('compileEdits', () => {
  it('leaves out what is set or removed, and writes lines in their order', () => {
    const edits = compileEdits(['X-A: 1', '-X_b', '+X-C: 2', '+x-a: 3'], parseResponseEdit);
    assert.deepEqual([...(edits?.dropped ?? [])], ['x-a', 'x-b']);
    assert.equal(edits?.lines, 'X-A: 1\r\nX-C: 2\r\nx-a: 3\r\n');
    assert.deepEqual(
      edits?.fields.map(({ name }) => name),
      ['x-a', 'x-c', 'x-a'],
    );
  });

  it('is nothing without lines', () => assert.equal(compileEdits([], parseRequestEdit), null));
});

/** What the codec writes itself or takes for its own, in any spelling, no site may change. */
describe('a field that the codec acts on', () => {
  const names = [
    ...['connection', 'content-length', 'expect', 'forwarded', 'host', 'http2-settings', 'keep-alive'],
    ...['max-forwards', 'proxy', 'proxy-connection', 'te', 'trailer', 'transfer-encoding', 'upgrade', 'via'],
    ...['sec-websocket-key', 'sec-websocket-version', 'sec-websocket-accept', 'x-request-id', 'x-real-ip'],
    ...[
      'client-ip',
      'x-client-ip',
      'x-forwarded',
      'x-forwarded-for',
      'x-forwarded-anything',
      'true-client-ip',
    ],
    ...[
      'cf-connecting-ip',
      'x-cluster-client-ip',
      'x_forwarded_for',
      'content_length',
      'x-client-certificate-subject',
    ],
  ];
  for (const name of names) {
    it(`is not changed in requests: ${name}`, () => {
      assert.notEqual(classifyFieldName(Buffer.from(name), 0, name.length), OTHER);
      assert.ok(!parseRequestEdit(`${name}: 1`).ok && !parseRequestEdit(`-${name}`).ok);
    });
  }

  it('may be changed where it is only protected from clients', () => {
    for (const name of ['cookie', 'authorization', 'content-type']) {
      assert.equal(classifyFieldName(Buffer.from(name), 0, name.length), PROTECTED);
      assert.ok(parseRequestEdit(`-${name}`).ok);
    }
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseRequestEdit, parseResponseEdit } from './header-edit.ts';

describe('an edit of header fields', () => {
  const read: readonly (readonly [string, string, string, string])[] = [
    ['X-A: b c', 'set', 'X-A', 'b c'],
    ['X-A:', 'set', 'X-A', ''],
    ['+Set-Cookie:  a=1; b=":"  ', 'add', 'Set-Cookie', 'a=1; b=":"'],
    ['-Server', 'remove', 'Server', ''],
    ['Authorization: Basic x', 'set', 'Authorization', 'Basic x'],
  ];
  for (const [line, kind, name, value] of read) {
    it(`is read of ${JSON.stringify(line)}`, () => {
      assert.deepEqual(parseResponseEdit(line), { ok: true, value: { kind, name, value } });
      assert.ok(parseRequestEdit(line).ok);
    });
  }

  for (const line of [
    '',
    'X-A',
    '+X-A',
    '-X-A: b',
    'X A: b',
    'X-A: b\r\nX-B: c',
    'X-A: \u00e4',
    ': b',
    'Content-Length: 1',
    '-Transfer-Encoding',
    'transfer_encoding: chunked',
    'Connection: X-Secret',
    '+Upgrade: h2c',
    'X-Request-Id: 1',
  ]) {
    it(`is never ${JSON.stringify(line)}`, () => assert.ok(!parseResponseEdit(line).ok));
  }

  for (const line of [
    'Host: a',
    '-X-Forwarded-For',
    'x_real_ip: 1',
    'Forwarded: for=1',
    'X-Client-Certificate-Subject: a',
  ]) {
    it(`of a request is never ${line}`, () => assert.ok(!parseRequestEdit(line).ok));
  }

  it('that is refused does not show its value', () => {
    for (const line of [
      'Expect: hunter2',
      'X-Forwarded-For: hunter2',
      '-X-A: hunter2',
      'X-A: hunter2\u0000',
    ]) {
      assert.doesNotMatch(JSON.stringify(parseRequestEdit(line)), /hunter2/);
    }
  });
});

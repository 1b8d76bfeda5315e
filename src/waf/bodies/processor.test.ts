import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { hasSeveralTypes, processorOf } from './processor.ts';

describe('the processor of a body', () => {
  it('follows from the media type', () => {
    for (const [type, processor] of [
      ['application/x-www-form-urlencoded', 'URLENCODED'],
      ['multipart/form-data; boundary=x', 'MULTIPART'],
      ['application/json', 'JSON'],
      ['text/json', 'JSON'],
      ['application/vnd.api+json', 'JSON'],
      ['application/soap+xml; charset=utf-8; action="x"', 'XML'],
      ['text/xml', 'XML'],
      ['image/svg+xml', 'XML'],
      ['text/plain', null],
      ['multipart/mixed; boundary=x', null],
      ['application/jsonx', null],
      ['', null],
      [null, null],
    ] as const) {
      assert.equal(processorOf(type), processor, String(type));
    }
  });

  it('does not change with case, blanks, parameters or a second type', () => {
    for (const type of [
      'Application/JSON',
      ' application/json',
      'application/json;',
      'application/json;charset="a,b;c"',
      'application/json ; x=y',
      'application/json, text/plain',
      'text/plain, application/json',
      'application/json\t',
      'application/json junk',
    ]) {
      assert.equal(processorOf(type), 'JSON', type);
    }
  });

  it('is ambiguous where types differ', () => {
    assert.equal(hasSeveralTypes('application/json, text/xml'), true);
    assert.equal(hasSeveralTypes('application/json, Application/JSON'), false);
    assert.equal(hasSeveralTypes('application/json; x="a/b, c/d"'), false);
  });
});

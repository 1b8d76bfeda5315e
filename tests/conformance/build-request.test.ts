import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { buildRequest } from './build-request.ts';
import type { StageInput } from './regression-suite.ts';

function textOf(input: Partial<StageInput>): string {
  const octets = buildRequest({
    method: 'GET',
    uri: '/',
    version: 'HTTP/1.1',
    headers: [['Host', 'localhost']],
    data: null,
    encodedRequest: null,
    autocompleteHeaders: true,
    ...input,
  });
  return octets.toString('latin1');
}

describe('the request of a test', () => {
  it('ends with what the runner adds', () => {
    assert.equal(textOf({}), 'GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
    assert.match(textOf({ method: 'POST' }), /Connection: close\r\nContent-Length: 0\r\n\r\n$/);
  });

  it('has nothing added where the test says so', () => {
    assert.equal(
      textOf({ autocompleteHeaders: false, data: 'a b' }),
      'GET / HTTP/1.1\r\nHost: localhost\r\n\r\na b',
    );
  });

  it('has form data escaped unless it looks escaped', () => {
    assert.match(textOf({ data: 'a=x y&b/c=1=2' }), /Content-Length: 17\r\n\r\na=x\+y&b%2Fc=1%3D2$/);
    assert.match(textOf({ data: 'a=x%20y' }), /\r\n\r\na=x%20y$/);
    assert.match(textOf({ data: 'a=x y', headers: [['content-type', 'text/plain']] }), /\r\n\r\na=x y$/);
  });

  it('has CRLF in multipart data', () => {
    const headers = [['Content-Type', 'multipart/form-data; boundary=b']] as const;
    assert.match(
      textOf({ data: '--b\n\n--b--\n', headers }),
      /Content-Length: 14\r\n\r\n--b\r\n\r\n--b--\r\n$/,
    );
  });

  it('repeats what a template says, and is in UTF-8', () => {
    const headers = [['Content-Type', 'text/plain']] as const;
    assert.match(textOf({ data: 'é{{ "1" | repeat 3 }}', headers }), /\r\n\r\n\xc3\xa9111$/);
  });

  it('is sent as it is where it is encoded', () => {
    assert.equal(textOf({ encodedRequest: Buffer.from('x\r\n').toString('base64') }), 'x\r\n');
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { RuleException } from '../core/rule-exception.ts';
import { BODY_LIMITS } from './bodies/parsed-body.ts';
import { readRequestBody } from './bodies/request-body.ts';
import { createBodyGuard } from './body-guard.ts';
import type { RequestView } from './inspection.ts';

const UNPACKED_MAX = 65_536;

interface Outcome {
  readonly status: number;
  readonly rules: readonly string[];
}

function guard(
  bytes: Buffer,
  type: string,
  encoding: string | null = null,
  exceptions: readonly RuleException[] = [],
): Outcome {
  const run = createBodyGuard(exceptions).begin({} as RequestView);
  const ruling = run.inspectRequestBody(
    readRequestBody(bytes, true, type, encoding, BODY_LIMITS, UNPACKED_MAX),
  );
  return {
    status: ruling.kind === 'refuse' ? ruling.status : 0,
    rules: run.matches.map(({ ruleId }) => ruleId),
  };
}

const FORM = 'application/x-www-form-urlencoded';
const PASSED: Outcome = { status: 0, rules: [] };

describe('the body guard', () => {
  it('passes what can be read', () => {
    assert.deepEqual(guard(Buffer.from('a=1'), FORM), PASSED);
    assert.deepEqual(guard(gzipSync('a=1'), FORM, 'gzip'), PASSED);
    assert.deepEqual(guard(Buffer.from('{"a":'), 'application/json'), PASSED);
    assert.deepEqual(guard(Buffer.from('\x00\x01'), 'application/octet-stream'), PASSED);
  });

  it('refuses a coding that cannot be undone', () => {
    const refused = { status: 415, rules: ['body-unreadable'] };
    const packed = gzipSync('a=1');
    packed[packed.length - 5]! ^= 1;
    assert.deepEqual(guard(packed, FORM, 'gzip'), refused);
    assert.deepEqual(guard(Buffer.from('a=1'), FORM, 'lzma'), refused);
    assert.deepEqual(guard(gzipSync('a'.repeat(UNPACKED_MAX + 1)), FORM, 'gzip'), refused);
  });

  it('refuses a character set that does not keep ASCII', () => {
    assert.equal(guard(Buffer.from('a=1'), `${FORM}; charset=ibm037`).status, 415);
    assert.equal(guard(Buffer.from('a=1'), `${FORM}; charset=utf-7`).status, 415);
    assert.equal(guard(Buffer.from('a=1'), `${FORM}; charset=iso-8859-1`).status, 0);
  });

  it('refuses more than is read', () => {
    const many = Array.from({ length: BODY_LIMITS.argumentsMax + 1 }, (_, number) => `a${number}=1`).join(
      '&',
    );
    assert.deepEqual(guard(Buffer.from(many), FORM), { status: 413, rules: ['body-limit'] });
  });

  it('refuses multipart with two readings', () => {
    const body = Buffer.from('--b\r\nContent-Disposition : form-data; name="a"\r\n\r\n1\r\n--b--\r\n');
    const refused = guard(body, 'multipart/form-data; boundary=b; boundary=c');
    assert.deepEqual(refused, { status: 400, rules: ['body-ambiguous'] });
  });

  it('refuses what only some programs decode: encoded parts, escapes in UTF-16', () => {
    const body = (encoding: string): Buffer =>
      Buffer.from(
        `--b\r\nContent-Disposition: form-data; name="a"\r\nContent-Transfer-Encoding: ${encoding}\r\n\r\n1\r\n--b--\r\n`,
      );
    const type = 'multipart/form-data; boundary=b';
    assert.equal(guard(body('quoted-printable'), type).status, 400);
    assert.equal(guard(body('base64'), type).status, 400);
    assert.equal(guard(body('binary'), type).status, 0);
    assert.equal(guard(Buffer.from('a=%3c%00'), `${FORM}; charset=utf-16le`).status, 415);
  });

  it('lets an operator take a rule back', () => {
    const exception: RuleException = { ruleId: 'body-unreadable', tag: null, part: null, path: null };
    assert.deepEqual(guard(Buffer.from('x'), FORM, 'lzma', [exception]), PASSED);
  });
});

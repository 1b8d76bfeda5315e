import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { compileRules, inspect } from './testing/inspect.ts';

const bytes = fc.string({
  unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)),
  maxLength: 60,
});

const PROGRAM = compileRules(`
  SecRule ARGS|ARGS_NAMES|REQUEST_COOKIES|REQUEST_COOKIES_NAMES|XML:/*|XML://@* "@rx (.)\\s*[<'\\"]" "id:1,phase:2,pass,capture,t:urlDecodeUni,t:htmlEntityDecode,t:jsDecode,t:cssDecode,t:lowercase,multiMatch,setvar:'tx.%{MATCHED_VAR_NAME}=%{tx.1}'"
  SecRule REQUEST_HEADERS|REQUEST_HEADERS_NAMES|REQUEST_URI_RAW|REQUEST_FILENAME|REQUEST_BODY "!@validateByteRange 32-126" "id:2,phase:2,pass,setvar:tx.n=+1"
  SecRule FILES|FILES_NAMES|MULTIPART_PART_HEADERS "@rx ." "id:3,phase:2,pass,setvar:tx.n=+%{MATCHED_VAR}"
  SecRule TX:/./ "@within %{request_headers.host}" "id:4,phase:2,pass"
  SecRule REQUEST_BODY|FULL_REQUEST|RESPONSE_BODY "@pm < > script" "id:5,phase:4,pass,t:base64Decode,t:hexEncode,t:sha1"
  SecRule &ARGS|REQUEST_LINE|AUTH_TYPE|SERVER_NAME "@gt 1" "id:6,phase:5,pass"`);

test('no request makes the engine throw, and every ruling is a ruling', () => {
  const headers = fc.array(fc.tuple(fc.constantFrom('Host', 'Cookie', 'X-A', 'Authorization'), bytes), {
    maxLength: 4,
  });
  const type = fc.constantFrom(
    'application/json',
    'text/xml',
    'multipart/form-data; boundary=b',
    'application/x-www-form-urlencoded',
    'text/plain',
    '',
  );
  const answer = fc.record({ body: bytes, status: fc.integer({ min: 100, max: 599 }) });
  fc.assert(
    fc.property(
      bytes,
      headers,
      type,
      fc.option(bytes, { nil: '' }),
      answer,
      (target, fields, contentType, body, answered) => {
        const { ruling, matches } = inspect(PROGRAM, {
          method: 'POST',
          target: `/${target}`,
          headers: [...fields, ['Content-Type', contentType]],
          body: contentType.startsWith('multipart') ? `--b\r\n${body}\r\n--b--` : body,
          answer: answered,
        });
        assert.ok(['pass', 'refuse'].includes(ruling.kind));
        for (const { part, value, start, end } of matches) {
          assert.ok(part.length <= 64 && value.length <= 512);
          assert.ok(start >= 0 && start <= end && end <= value.length);
        }
      },
    ),
    { numRuns: 500 },
  );
});

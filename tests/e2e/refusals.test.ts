/**
 * Requests that must be refused: each gets its status and the end of the connection, and nothing of it, nor of
 * what stands behind it, reaches the origin. And requests that look odd but are valid, which must pass.
 */
import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { chunked, field, readResponse } from '../support/messages.ts';
import { Stand } from '../support/stand.ts';
import { until } from '../support/until.ts';
import type { Wire } from '../support/wire.ts';

const BODY_BYTES_MAX = 100_000;

let stand: Stand;
before(async () => {
  stand = await Stand.open({ settings: { http: { body_bytes_max: BODY_BYTES_MAX } } });
});
after(() => stand.close());

/** A request that a careless reader might find behind the refused one. */
const SMUGGLED = 'GET /smuggled HTTP/1.1\r\nHost: shop.example\r\n\r\n';

const get = (fields: string): string => `GET / HTTP/1.1\r\nHost: a\r\n${fields}\r\n`;
const post = (fields: string, body = ''): string => `POST / HTTP/1.1\r\nHost: a\r\n${fields}\r\n${body}`;
const chunks = (body: string): string => post('Transfer-Encoding: chunked\r\n', body);
const line = (text: string): string => `${text}\r\nHost: a\r\n\r\n`;
const fields = (count: number): string => Array.from({ length: count }, (_, i) => `X-${i}: 1\r\n`).join('');

const REQUEST_LINES: readonly (readonly [section: string, name: string, octets: string, status: number])[] = [
  ['9112 3', 'two blanks behind the method', line('GET  / HTTP/1.1'), 400],
  ['9112 3', 'a tab behind the method', line('GET\t/ HTTP/1.1'), 400],
  ['9112 3', 'a blank behind the version', line('GET / HTTP/1.1 '), 400],
  ['9112 3', 'a blank before the method', line(' GET / HTTP/1.1'), 400],
  ['9112 3.2', 'a form feed behind the target', line('GET /\f HTTP/1.1'), 400],
  ['9112 2.3', 'no version', line('GET /'), 400],
  ['9112 3.2', 'no target', line('GET HTTP/1.1'), 400],
  ['9112 2.3', 'a version in lower case', line('GET / http/1.1'), 400],
  ['9112 2.3', 'a version with a tail', line('GET / HTTP/1.1x'), 400],
  ['9112 2.3', 'a version with three digits', line('GET / HTTP/1.10'), 400],
  ['9112 2.3', 'a version without a minor number', line('GET / HTTP/1'), 400],
  ['9112 2.3', 'version 0.9', line('GET / HTTP/0.9'), 505],
  ['9112 2.3', 'version 2.0', line('GET / HTTP/2.0'), 505],
  ['9112 2.3', 'version 3.0', line('GET / HTTP/3.0'), 505],
  ['9112 3', 'the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400],
  ['9112 3', 'a TLS record', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 400],
  ['9112 2.2', 'two empty lines in front', `\r\n\r\n${line('GET / HTTP/1.1')}`, 400],
  ['9112 2.2', 'a lone LF in front', `\n${line('GET / HTTP/1.1')}`, 400],
  ['9112 3.1', 'a method that is no token', line('G(T / HTTP/1.1'), 400],
  ['9112 3.1', 'a method of 33 octets', line(`${'M'.repeat(33)} / HTTP/1.1`), 400],
  ['9112 3', 'a target over its limit', line(`GET /${'a'.repeat(8200)} HTTP/1.1`), 414],
  ['9112 3', 'a target without end', `GET /${'a'.repeat(40_000)}`, 414],
  ['9112 3.2', 'a control octet in the target', line('GET /\x01 HTTP/1.1'), 400],
  ['9112 3.2', 'a zero octet in the target', line('GET /\0 HTTP/1.1'), 400],
  ['9112 3.2', 'an octet above ASCII in the target', line('GET /\xe4 HTTP/1.1'), 400],
  ['9112 3.2', 'a fragment', line('GET /#a HTTP/1.1'), 400],
  ['9112 3.2', 'a relative target', line('GET index.html HTTP/1.1'), 400],
  ['9112 3.2.4', 'an asterisk for GET', line('GET * HTTP/1.1'), 400],
  ['9112 3.2.3', 'an authority for GET', line('GET a.example:80 HTTP/1.1'), 400],
  ['9112 3.2.2', 'another scheme', line('GET ftp://a.example/ HTTP/1.1'), 400],
  ['9112 3.2.2', 'userinfo in the target', line('GET http://user@a.example/ HTTP/1.1'), 400],
  ['9112 3.2.2', 'an empty authority in the target', line('GET http:///path HTTP/1.1'), 400],
  ['9112 3.2.3', 'CONNECT', line('CONNECT a.example:443 HTTP/1.1'), 405],
  ['9110 9.3.8', 'TRACE', line('TRACE / HTTP/1.1'), 405],
  ['9110 9.3.8', 'TRACE with a body', 'TRACE / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx', 400],
];

const FIELDS: readonly (readonly [section: string, name: string, octets: string, status: number])[] = [
  ['9112 5.1', 'a blank before the colon', get('X-A : 1\r\n'), 400],
  ['9112 5.1', 'a tab before the colon', get('X-A\t: 1\r\n'), 400],
  ['9112 5.1', 'an empty name', get(': 1\r\n'), 400],
  ['9112 5.1', 'a line without a colon', get('X-A\r\n'), 400],
  ['9112 5.1', 'a name with a blank', get('X A: 1\r\n'), 400],
  ['9112 5.1', 'a name with an octet above ASCII', get('X-\xe4: 1\r\n'), 400],
  ['9112 5.1', 'a name with a zero octet', get('X-\0: 1\r\n'), 400],
  ['9112 2.2', 'a blank before the first field', 'GET / HTTP/1.1\r\n Host: a\r\n\r\n', 400],
  ['9112 5.2', 'a folded line', get('X-A: 1\r\n 2\r\n'), 400],
  ['9112 5.2', 'a folded line with a tab', get('X-A: 1\r\n\t2\r\n'), 400],
  ['9110 5.5', 'a zero octet in a value', get('X-A: a\0b\r\n'), 400],
  ['9110 5.5', 'a control octet in a value', get('X-A: a\x08b\r\n'), 400],
  ['9110 5.5', 'DEL in a value', get('X-A: a\x7fb\r\n'), 400],
  ['9112 2.2', 'a lone CR in a value', get('X-A: a\rb\r\n'), 400],
  ['9112 2.2', 'a lone LF as line end', get('X-A: a\nX-B: b\r\n'), 400],
  ['9112 2.2', 'a lone LF as the empty line', 'GET / HTTP/1.1\r\nHost: a\r\n\n', 400],
  ['9112 2.2', 'a lone CR as line end', get('X-A: a\rX-B: b\r\n'), 400],
  ['9110 5.4', 'more fields than allowed', get(fields(100)), 431],
  ['9110 5.4', 'a header section over its limit', get(`X-A: ${'a'.repeat(40_000)}\r\n`), 431],
  ['9110 5.4', 'a field name without end', `GET / HTTP/1.1\r\n${'a'.repeat(40_000)}`, 431],
  ['9112 3.2', 'no Host', 'GET / HTTP/1.1\r\n\r\n', 400],
  ['9112 3.2', 'two Hosts', get('Host: b\r\n'), 400],
  ['9112 3.2', 'two equal Hosts', get('Host: a\r\n'), 400],
  ['9112 3.2', 'a list of Hosts', 'GET / HTTP/1.1\r\nHost: a, b\r\n\r\n', 400],
  ['9112 3.2', 'userinfo in Host', 'GET / HTTP/1.1\r\nHost: user@a\r\n\r\n', 400],
  ['9112 3.2', 'a path in Host', 'GET / HTTP/1.1\r\nHost: a/b\r\n\r\n', 400],
  ['9112 3.2', 'a blank in Host', 'GET / HTTP/1.1\r\nHost: a b\r\n\r\n', 400],
  ['9112 3.2', 'a port out of range in Host', 'GET / HTTP/1.1\r\nHost: a:65536\r\n\r\n', 400],
  ['9112 3.2', 'an open bracket in Host', 'GET / HTTP/1.1\r\nHost: [::1\r\n\r\n', 400],
  [
    '9112 3.2',
    'a Host that is bad behind an absolute target',
    'GET http://a/ HTTP/1.1\r\nHost: a b\r\n\r\n',
    400,
  ],
  ['9110 10.1.1', 'an unknown expectation', post('Expect: cake\r\nContent-Length: 1\r\n', 'x'), 417],
  ['9110 10.1.1', 'two expectations', post('Expect: 100-continue, cake\r\nContent-Length: 1\r\n', 'x'), 417],
  ['9110 7.6.1', 'a Connection that is no list of tokens', get('Connection: "close"\r\n'), 400],
];

const FRAMING: readonly (readonly [section: string, name: string, octets: string, status: number])[] = [
  [
    '9112 6.3',
    'a length behind a coding',
    post('Transfer-Encoding: chunked\r\nContent-Length: 5\r\n', '0\r\n\r\n'),
    400,
  ],
  [
    '9112 6.3',
    'a coding behind a length',
    post('Content-Length: 5\r\nTransfer-Encoding: chunked\r\n', '0\r\n\r\n'),
    400,
  ],
  ['9112 6.1', 'a coding in HTTP/1.0', 'POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n', 400],
  [
    '9112 6.1',
    'two codings of the same name',
    post('Transfer-Encoding: chunked\r\n'.repeat(2), '0\r\n\r\n'),
    400,
  ],
  ['9112 6.1', 'chunked twice', post('Transfer-Encoding: chunked, chunked\r\n', '0\r\n\r\n'), 400],
  ['9112 6.1', 'chunked that is not last', post('Transfer-Encoding: chunked, gzip\r\n', '0\r\n\r\n'), 400],
  ['9112 6.1', 'an unknown coding', post('Transfer-Encoding: gzip\r\n'), 501],
  [
    '9112 6.1',
    'an unknown coding before chunked',
    post('Transfer-Encoding: gzip, chunked\r\n', '0\r\n\r\n'),
    501,
  ],
  ['9112 6.1', 'a name that starts with chunked', post('Transfer-Encoding: chunkedx\r\n', '0\r\n\r\n'), 501],
  ['9112 6.1', 'a coding with a parameter', post('Transfer-Encoding: chunked;q=1\r\n', '0\r\n\r\n'), 400],
  ['9112 6.1', 'a quoted coding', post('Transfer-Encoding: "chunked"\r\n', '0\r\n\r\n'), 400],
  ['9112 6.1', 'a coding behind a vertical tab', post('Transfer-Encoding: \vchunked\r\n', '0\r\n\r\n'), 400],
  ['9112 6.1', 'an empty coding', post('Transfer-Encoding:\r\n'), 400],
  ['9112 6.1', 'a coding with an empty element', post('Transfer-Encoding: ,chunked\r\n', '0\r\n\r\n'), 400],
  [
    '9112 6.1',
    'a coding with a blank before the colon',
    post('Transfer-Encoding : chunked\r\n', '0\r\n\r\n'),
    400,
  ],
  ['9112 6.1', 'a folded coding', post('Transfer-Encoding:\r\n chunked\r\n', '0\r\n\r\n'), 400],
  ['9112 6.2', 'two lengths', post('Content-Length: 5\r\nContent-Length: 6\r\n', 'hello'), 400],
  ['9112 6.2', 'two equal lengths', post('Content-Length: 5\r\nContent-Length: 5\r\n', 'hello'), 400],
  ['9112 6.2', 'a list of lengths', post('Content-Length: 5, 5\r\n', 'hello'), 400],
  ['9112 6.2', 'a positive length', post('Content-Length: +5\r\n', 'hello'), 400],
  ['9112 6.2', 'a negative length', post('Content-Length: -5\r\n', 'hello'), 400],
  ['9112 6.2', 'a hexadecimal length', post('Content-Length: 0x5\r\n', 'hello'), 400],
  ['9112 6.2', 'a length with an exponent', post('Content-Length: 1e1\r\n', 'hello'), 400],
  ['9112 6.2', 'a length with a blank', post('Content-Length: 5 5\r\n', 'hello'), 400],
  ['9112 6.2', 'a length with a point', post('Content-Length: 5.0\r\n', 'hello'), 400],
  ['9112 6.2', 'an empty length', post('Content-Length:\r\n', 'hello'), 400],
  [
    '9112 6.2',
    'a length beyond what a number holds',
    post('Content-Length: 99999999999999999999\r\n', 'hello'),
    400,
  ],
  ['9110 15.5.14', 'a body over its limit', post(`Content-Length: ${BODY_BYTES_MAX + 1}\r\n`), 413],
  ['9110 15.5.14', 'a chunked body over its limit', chunks(chunked(['a'.repeat(BODY_BYTES_MAX + 1)])), 413],
];

const CHUNKS: readonly (readonly [section: string, name: string, octets: string, status: number])[] = [
  ['9112 7.1', 'a size with a sign', chunks('+5\r\nhello\r\n0\r\n\r\n'), 400],
  ['9112 7.1', 'a negative size', chunks('-5\r\nhello\r\n0\r\n\r\n'), 400],
  ['9112 7.1', 'a size with a prefix', chunks('0x5\r\nhello\r\n0\r\n\r\n'), 400],
  ['9112 7.1', 'a size with an underscore', chunks('0_5\r\nhello\r\n0\r\n\r\n'), 400],
  ['9112 7.1', 'a size behind a blank', chunks(' 5\r\nhello\r\n0\r\n\r\n'), 400],
  ['9112 7.1', 'a size before a blank', chunks('5 \r\nhello\r\n0\r\n\r\n'), 400],
  ['9112 7.1', 'a size that is no number', chunks('z\r\nhello\r\n0\r\n\r\n'), 400],
  ['9112 7.1', 'no size', chunks('\r\nhello\r\n0\r\n\r\n'), 400],
  ['9112 7.1', 'a size of 14 digits', chunks('00000000000005\r\nhello\r\n0\r\n\r\n'), 400],
  ['9112 7.1', 'a size that overflows', chunks('fffffffffffffffff5\r\nhello\r\n0\r\n\r\n'), 400],
  ['9112 7.1', 'a size that ends with LF', chunks('5\nhello\r\n0\r\n\r\n'), 400],
  ['9112 7.1', 'a size that ends with CR', chunks('5\rhello\r\n0\r\n\r\n'), 400],
  ['9112 7.1', 'data that ends with LF', chunks('5\r\nhello\n0\r\n\r\n'), 400],
  ['9112 7.1', 'data without an end', chunks('5\r\nhello0\r\n\r\n'), 400],
  ['9112 7.1', 'data longer than its size', chunks('5\r\nhello!\r\n0\r\n\r\n'), 400],
  ['9112 7.1.1', 'an empty extension', chunks('5;\r\nhello\r\n0\r\n\r\n'), 400],
  ['9112 7.1.1', 'an extension without a name', chunks('5;=a\r\nhello\r\n0\r\n\r\n'), 400],
  ['9112 7.1.1', 'an extension without a value', chunks('5;a=\r\nhello\r\n0\r\n\r\n'), 400],
  ['9112 7.1.1', 'an extension with a zero octet', chunks('5;a=\0\r\nhello\r\n0\r\n\r\n'), 400],
  ['9112 7.1.1', 'an extension that ends with LF', chunks('5;a\nhello\r\n0\r\n\r\n'), 400],
  ['9112 7.1.1', 'an open quote in an extension', chunks('5;a="\r\nhello\r\n0\r\n\r\n'), 400],
  ['9112 7.1.1', 'an endless extension', chunks(`5;${'a'.repeat(300)}\r\nhello\r\n0\r\n\r\n`), 400],
  [
    '9112 7.1',
    'one-octet chunks beyond their budget',
    chunks(chunked(Array.from({ length: 9000 }, () => 'a'))),
    400,
  ],
  ['9112 7.1.2', 'a trailer that is no field', chunks('0\r\nX A: 1\r\n\r\n'), 400],
  ['9112 7.1.2', 'a folded trailer', chunks('0\r\nX-A: 1\r\n 2\r\n\r\n'), 400],
  ['9112 7.1.2', 'more trailers than allowed', chunks(`0\r\n${fields(33)}\r\n`), 400],
  ['9112 7.1.2', 'a trailer section over its limit', chunks(`0\r\nX-A: ${'a'.repeat(9000)}\r\n\r\n`), 400],
];

for (const [section, name, octets, status] of [...REQUEST_LINES, ...FIELDS, ...FRAMING, ...CHUNKS]) {
  it(`RFC ${section}: answers ${status} to ${name}, and the origin hears nothing`, async () => {
    stand.origin.forget();
    const wire = await stand.connect();
    wire.write(octets + SMUGGLED);
    const response = await readResponse(wire);
    assert.equal(response.status, status);
    assert.equal(field(response, 'connection'), 'close');
    const id = field(response, 'x-request-id');
    assert.match(id ?? '', /^[A-Za-z0-9-]+$/);
    assert.equal(
      response.body.toString(),
      `${response.startLine.slice('HTTP/1.1 '.length)}\nRequest id: ${id}\n`,
    );
    assert.equal((await wire.readToEnd()).length, 0, 'nothing follows the answer');
    assert.equal(stand.origin.received, '');
    wire.close();
  });
}

const ACCEPTED: readonly (readonly [section: string, name: string, octets: string])[] = [
  ['9112 2.2', 'one empty line in front', `\r\n${get('')}`],
  ['9112 2.3', 'a higher minor version', line('GET / HTTP/1.2')],
  ['9112 5.1', 'a name in any case, without a blank', 'GET / HTTP/1.1\r\nhOST:a\r\nx-b:  1\t \r\n\r\n'],
  ['9112 3.2', 'an empty Host', 'GET / HTTP/1.1\r\nHost:\r\n\r\n'],
  ['9112 3.2', 'a Host with an address and port', 'GET / HTTP/1.1\r\nHost: [2001:db8::1]:8443\r\n\r\n'],
  ['9112 3', 'a target of 8000 octets', line(`GET /${'a'.repeat(7999)} HTTP/1.1`)],
  ['9110 5.4', 'as many fields as allowed', get(fields(99))],
  ['9112 3.1', 'a method nobody knows', line('BREW / HTTP/1.1')],
  ['9112 3.2.4', 'an asterisk for OPTIONS', line('OPTIONS * HTTP/1.1')],
  [
    '9110 5.4',
    'names that objects have',
    get('__proto__: 1\r\nconstructor: 2\r\ntoString: 3\r\nhasOwnProperty: 4\r\n'),
  ],
  ['9110 5.5', 'octets above ASCII in a value', get('X-Name: caf\xe9\r\n')],
  ['9112 6', 'a body on GET', 'GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello'],
  [
    '9112 6',
    'a body on DELETE',
    'DELETE / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n',
  ],
  ['9112 7', 'chunked in another case', post('Transfer-Encoding: CHUNKED\r\n', '0\r\n\r\n')],
  ['9112 7.1', 'a chunk size with zeros and capitals', chunks('0000A\r\n0123456789\r\n00\r\n\r\n')],
  ['9112 7.1.1', 'chunk extensions', chunks('5;a;b=c;d="e\\"f"\r\nhello\r\n0;last\r\n\r\n')],
  ['9112 7.1', '8000 chunks of one octet', chunks(chunked(Array.from({ length: 8000 }, () => 'a')))],
  ['9112 6.2', 'a length with zeros in front', post('Content-Length: 005\r\n', 'hello')],
  [
    '9112 6.2',
    'a body as large as allowed',
    post(`Content-Length: ${BODY_BYTES_MAX}\r\n`, 'a'.repeat(BODY_BYTES_MAX)),
  ],
  ['9112 3.2.2', 'an absolute target', line('GET https://a/ HTTP/1.1')],
  ['9110 7.6.1', 'an empty element in Connection', get('Connection: , keep-alive\r\n')],
];

for (const [section, name, octets] of ACCEPTED) {
  it(`RFC ${section}: passes a request with ${name}, alone and with another behind it`, async () => {
    stand.origin.forget();
    const wire = await stand.connect();
    wire.write(octets + line('GET /second HTTP/1.1'));
    assert.equal((await readResponse(wire)).status, 200);
    assert.equal((await readResponse(wire)).status, 200);
    assert.equal(stand.origin.requests.length, 2);
    assert.equal(stand.origin.requests[1]?.target, '/second');
    wire.close();
  });
}

/** Requests that are refused though their end is known, so that the connection may go on. */
const WHOLE_BUT_REFUSED: readonly (readonly [string, string, number])[] = [
  ['an attack in the query', get('').replace('/ ', '/?q=<script>alert(1)</script> '), 403],
  ['an attack in a body with a length', post('Content-Length: 27\r\n', 'q=<script>alert(1)</script>'), 403],
  ['an attack in a chunked body', chunks(chunked(['q=<script>alert(1)', '</script>'])), 403],
  ['a chunked body over its limit', chunks(chunked(['a'.repeat(BODY_BYTES_MAX + 1)])), 413],
];

for (const [name, octets, status] of WHOLE_BUT_REFUSED) {
  it(`loses nothing that stands behind ${name}, or says that it closes`, async () => {
    const wire = await stand.connect();
    wire.write(octets + line('GET /second HTTP/1.1'));
    const response = await readResponse(wire);
    assert.equal(response.status, status);
    if (field(response, 'connection') === 'close') await wire.untilEnd();
    else assert.equal((await readResponse(wire)).status, 200);
    wire.close();
  });
}

it('never finishes a request towards the origin whose streamed body turns out malformed', async () => {
  for (const wire of stand.origin.wires) wire.close();
  stand.origin.forget();
  await stand.node.reload({ waf: { http_inspection: { inspect_body: false } } });
  const wire = await stand.connect();
  wire.write(chunks(`${(70_000).toString(16)}\r\n${'a'.repeat(70_000)}\r\n`));
  const isUpload = (upstream: Wire): boolean => upstream.receivedBytes > 60_000;
  const upstreams = await until(
    'upload',
    () => stand.origin.wires.filter(isUpload),
    (found) => found.length > 0,
  );
  wire.write(`zz\r\n${SMUGGLED}`);
  assert.equal((await readResponse(wire)).status, 400);
  await upstreams[0]!.untilEnd();
  assert.doesNotMatch(stand.origin.received, /smuggled|\r\n0\r\n\r\n/);
});

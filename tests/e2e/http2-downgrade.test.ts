/**
 * What a request of HTTP/2 can make an origin of HTTP/1.1 see: one request, or none. The origin records its octets, and
 * they are read as one that believes everything would.
 */
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { type Fields, Http2Client, requestFields } from '../support/http2-client.ts';
import { responseText } from '../support/messages.ts';
import { Stand } from '../support/stand.ts';

interface Lie {
  readonly what: string;
  readonly fields: Fields;
  readonly body?: string;
}

/** What an origin would see of a request that was slipped in. */
const SMUGGLED = 'GET /smuggled HTTP/1.1\r\nHost: evil\r\n\r\n';

let stand: Stand;
const clients: Http2Client[] = [];

before(async () => {
  stand = await Stand.open({ workers: 1, settings: { waf: { enabled: false } } });
});
afterEach(() => {
  for (const client of clients.splice(0)) client.close();
});
after(async () => await stand.close());

function post(more: Fields): Fields {
  return requestFields('/', more, 'POST');
}

/** The fields of a GET, with another value for some of them. */
function getWith(name: string, value: string): Fields {
  return requestFields().map(([one, before]) => [one, one === name ? value : before] as const);
}

const LIES: readonly Lie[] = [
  { what: 'a length that is too short', fields: post([['content-length', '0']]), body: SMUGGLED },
  { what: 'a length that is too long', fields: post([['content-length', '900']]), body: SMUGGLED },
  {
    what: 'two lengths',
    fields: post([
      ['content-length', '0'],
      ['content-length', '37'],
    ]),
    body: SMUGGLED,
  },
  { what: 'a list of lengths', fields: post([['content-length', '37, 0']]), body: SMUGGLED },
  { what: 'a length with a sign', fields: post([['content-length', '+37']]), body: SMUGGLED },
  { what: 'a length in an alias', fields: post([['content_length', '0']]), body: SMUGGLED },
  {
    what: 'Transfer-Encoding',
    fields: post([['transfer-encoding', 'chunked']]),
    body: `0\r\n\r\n${SMUGGLED}`,
  },
  {
    what: 'Transfer-Encoding of its own kind',
    fields: post([['transfer-encoding', 'xchunked']]),
    body: SMUGGLED,
  },
  {
    what: 'Transfer-Encoding in an alias',
    fields: post([['transfer_encoding', 'chunked']]),
    body: `0\r\n\r\n${SMUGGLED}`,
  },
  { what: 'a line end in a value', fields: requestFields('/', [['x', `a\r\n\r\n${SMUGGLED}`]]) },
  { what: 'a bare LF in a value', fields: requestFields('/', [['x', 'a\nhost: evil']]) },
  { what: 'a bare CR in a value', fields: requestFields('/', [['x', 'a\rhost: evil']]) },
  { what: 'NUL in a value', fields: requestFields('/', [['x', 'a\0b']]) },
  { what: 'a line end in a name', fields: requestFields('/', [['x: a\r\nhost', 'evil']]) },
  { what: 'a colon in a name', fields: requestFields('/', [['host:evil', 'x']]) },
  { what: 'a space in a name', fields: requestFields('/', [['content-length ', '0']]) },
  { what: 'capitals in a name', fields: requestFields('/', [['Transfer-Encoding', 'chunked']]) },
  { what: 'an empty name', fields: requestFields('/', [['', 'x']]) },
  { what: 'a line end in the path', fields: getWith(':path', `/ HTTP/1.1\r\nhost: a\r\n\r\n${SMUGGLED}`) },
  { what: 'a space in the path', fields: getWith(':path', '/smuggled HTTP/1.1') },
  { what: 'a path without a slash', fields: getWith(':path', '@evil/smuggled') },
  { what: 'a line end in the method', fields: getWith(':method', `GET / HTTP/1.1\r\n\r\n${SMUGGLED}GET`) },
  { what: 'a space in the method', fields: getWith(':method', 'GET /smuggled HTTP/1.1') },
  { what: 'a line end in the authority', fields: getWith(':authority', 'a\r\nx: y') },
  { what: 'a user in the authority', fields: getWith(':authority', 'evil@example.org') },
  { what: 'another scheme', fields: getWith(':scheme', 'http://evil/?') },
  { what: 'another Host', fields: requestFields('/', [['host', 'evil']]) },
  { what: 'Connection', fields: requestFields('/', [['connection', 'x-forwarded-for']]) },
  { what: 'Upgrade', fields: requestFields('/', [['upgrade', 'h2c']]) },
  { what: 'Proxy-Connection', fields: requestFields('/', [['proxy-connection', 'keep-alive']]) },
  { what: 'TE with more than trailers', fields: requestFields('/', [['te', 'trailers, chunked']]) },
  {
    what: 'Expect within a request without a body',
    fields: requestFields('/', [['expect', '100-continue']]),
  },
];

async function openClient(): Promise<Http2Client> {
  const client = await Http2Client.tls({ host: '127.0.0.1', port: stand.node.port });
  clients.push(client);
  return client;
}

/** Sends a request whatever it is worth, and waits for whatever becomes of it. */
async function tell({ fields, body }: Omit<Lie, 'what'>): Promise<void> {
  const client = await openClient();
  const id = client.nextId();
  client.headers(id, fields, body === undefined);
  if (body !== undefined) client.data(id, body, true);
  await client.answer(id).catch(() => undefined);
  client.close();
}

/** Reads what has reached the origin as HTTP/1.1; every request has to end where the next one begins. */
function requestsIn(octets: string): readonly string[] {
  const heads: string[] = [];
  let rest = octets;
  while (rest !== '') {
    const end = rest.indexOf('\r\n\r\n');
    assert.notEqual(end, -1, 'a head that has not ended');
    const head = rest.slice(0, end);
    heads.push(head);
    const lengths = [...head.matchAll(/\r\ncontent[-_]length *: *(.*)/gi)];
    const codings = [...head.matchAll(/\r\ntransfer[-_]encoding *: *(.*)/gi)];
    assert.ok(lengths.length + codings.length <= 1, head);
    rest = rest.slice(end + 4);
    if (codings.length === 1) {
      const last = rest.indexOf('0\r\n\r\n');
      assert.notEqual(last, -1, 'a body that has not ended');
      rest = rest.slice(last + 5);
    } else {
      rest = rest.slice(Number(lengths[0]?.[1] ?? 0));
    }
  }
  return heads;
}

/** Every line of a head is a field of its own, and none is made of another one. */
function assertPlain(head: string): void {
  const [first, ...lines] = head.split('\r\n');
  assert.match(first!, /^[A-Z]+ \/[!-~]* HTTP\/1\.1$/);
  for (const line of lines) assert.match(line, /^[!#$%&'*+.^_`|~0-9A-Za-z-]+: [\t -~\x80-\xff]*$/);
  assert.equal(lines.filter((line) => /^host:/i.test(line)).length, 1, head);
  assert.doesNotMatch(head, /evil/);
}

describe('a request of HTTP/2 on its way to HTTP/1.1', () => {
  it(`is not forwarded where it lies, but for a few ways that do no harm`, async () => {
    const forwarded: string[] = [];
    for (const lie of LIES) {
      stand.origin.respond(() => responseText('hello'));
      await tell(lie);
      const heads = requestsIn(stand.origin.received);
      for (const head of heads) assertPlain(head);
      assert.ok(heads.length <= 1, lie.what);
      if (heads.length === 1) forwarded.push(lie.what);
    }
    assert.ok(forwarded.length <= 3, forwarded.join('; '));
  });

  it('is one request or none, whatever its octets are', async () => {
    const octets = fc.oneof(
      fc.constantFrom(
        '\r\n',
        '\n',
        '\r',
        '\0',
        ':',
        ' ',
        '\t',
        'a',
        SMUGGLED,
        'chunked',
        'content-length',
        '0',
        '/',
      ),
      fc.integer({ min: 0, max: 255 }).map((octet) => String.fromCharCode(octet)),
    );
    const text = fc.array(octets, { maxLength: 6 }).map((parts) => parts.join(''));
    const name = fc.oneof(
      fc.constantFrom(
        'x',
        'host',
        'content-length',
        'transfer-encoding',
        'connection',
        'te',
        'cookie',
        'expect',
      ),
      text,
    );
    const field = fc.tuple(name, text);
    const place = fc.constantFrom(':method', ':path', ':authority', ':scheme', '');
    await fc.assert(
      fc.asyncProperty(
        place,
        text,
        fc.array(field, { maxLength: 4 }),
        fc.option(text),
        async (changed, value, more, body) => {
          stand.origin.respond(() => responseText('hello'));
          const fields = getWith(changed, value).concat(more);
          await tell({ fields, ...(body === null ? {} : { body }) });
          const heads = requestsIn(stand.origin.received);
          assert.ok(heads.length <= 1);
          const [first] = heads;
          if (first === undefined) return;
          assert.match(first.split('\r\n')[0]!, /^[!-~]+ [!-~]+ HTTP\/1\.1$/);
          assert.equal(first.split('\r\n').filter((line) => /^host:/i.test(line)).length, 1);
        },
      ),
      { numRuns: 150 },
    );
  });
});

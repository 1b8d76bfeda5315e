/** HTTP/3 through a node, where the runtime has it: judged and forwarded as every request is; elsewhere off, and said so. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { hasQuic } from '../../src/mitigation/http3/quic-runtime.ts';
import { loadPage, skipWithoutChromium } from '../support/chromium.ts';
import { Http2Client } from '../support/http2-client.ts';
import { Http3Client, type Http3Target } from '../support/http3-client.ts';
import { field, responseText } from '../support/messages.ts';
import { freePort, OWN_HOST, type Settings } from '../support/node-config.ts';
import { Stand } from '../support/stand.ts';
import { until, within } from '../support/until.ts';
import type { Wire } from '../support/wire.ts';

const DYING_WORKER = fileURLToPath(new URL('../support/dying-worker.mjs', import.meta.url));
const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
const run = promisify(execFile);
const SCRIPT = '%3Cscript%3Ealert(1)%3C/script%3E';
const MIB = 1 << 20;

/** Each runtime has its own part of this file, and nothing is skipped. */
function withHttp3(name: string, suite: () => void): void {
  if (hasQuic()) describe(name, suite);
}

function withoutHttp3(name: string, suite: () => void): void {
  if (!hasQuic()) describe(name, suite);
}

async function openStand(
  settings: Settings = {},
  workers = 1,
  runtimeArguments: readonly string[] = [],
): Promise<Stand> {
  const port = await freePort();
  return await Stand.open({
    workers,
    runtimeArguments,
    settings: { network: { listen_addr: `${OWN_HOST}:${port}` }, http3: { enabled: true }, ...settings },
  });
}

withHttp3('HTTP/3 through the node', () => {
  let stand: Stand;
  const clients: Http3Client[] = [];

  before(async () => {
    stand = await openStand({ http: { header_timeout_ms: 1000, body_bytes_max: 4 * MIB } }, 2);
  });
  afterEach(() => {
    for (const client of clients.splice(0)) client.close();
  });
  after(async () => await stand.close());

  async function open(options: Partial<Http3Target> = {}): Promise<Http3Client> {
    const client = await Http3Client.open({ host: OWN_HOST, port: stand.node.port, ...options });
    clients.push(client);
    return client;
  }

  it('a request reaches the origin as it was sent, and the answer the client', async () => {
    stand.origin.respond(() => responseText('hello', { 'X-Own': 'answer' }));
    const answer = await (await open()).get('/path?x=1', { 'x-own': 'request', cookie: ['a=1', 'b=2'] });
    assert.deepEqual([answer.status, answer.body, answer.fields['x-own']], [200, 'hello', 'answer']);
    const request = stand.origin.requests.at(-1)!;
    assert.equal(request.startLine, 'GET /path?x=1 HTTP/1.1');
    assert.equal(field(request, 'host'), 'example.org');
    assert.equal(field(request, 'x-own'), 'request');
    assert.equal(field(request, 'cookie'), 'a=1; b=2');
    assert.equal(field(request, 'x-forwarded-for'), '127.0.0.1');
    assert.equal(field(request, 'x-forwarded-proto'), 'https');
    assert.equal(field(request, 'content-length'), null);
    assert.equal(field(request, 'via'), '3.0 secbeat');
  });

  it('answers many requests at once over one connection', async () => {
    stand.origin.respond(({ target }) => responseText(target));
    const client = await open();
    const paths = Array.from({ length: 100 }, (_, index) => `/${index}`);
    const answers = await Promise.all(paths.map((path) => client.get(path)));
    assert.deepEqual(
      answers.map(({ body }) => body),
      paths,
    );
  });

  it('a rule of the firewall refuses with a request id', async () => {
    const before = stand.origin.requests.length;
    const answer = await (await open()).get(`/?q=${SCRIPT}`);
    assert.equal(answer.status, 403);
    assert.match(String(answer.fields['x-request-id']), /^[\w-]{8,}$/);
    assert.equal(stand.origin.requests.length, before);
  });

  it('a body of either kind is inspected', async () => {
    const client = await open();
    const fields = {
      ':method': 'POST',
      'content-type': 'application/x-www-form-urlencoded',
    };
    const body = `q=${SCRIPT}`;
    assert.equal((await client.request(fields, body)).status, 403);
    const known = { ...fields, 'content-length': String(body.length) };
    assert.equal((await client.request(known, body)).status, 403);
  });

  it('a body goes up whole, of known length and without, and with its trailers', async () => {
    stand.origin.respond(({ body }) => responseText(String(body.length)));
    const client = await open();
    const known = { ':method': 'POST', 'content-length': String(MIB) };
    assert.equal((await client.request(known, Buffer.alloc(MIB))).body, String(MIB));
    assert.equal((await client.request({ ':method': 'PUT' }, Buffer.alloc(MIB))).body, String(MIB));
    const exchange = await client.begin({ ':method': 'POST' });
    await exchange.send(Buffer.from('abc'));
    exchange.end({ 'x-sum': '1' });
    assert.equal((await exchange.answer()).body, '3');
  });

  it('a body that goes on while the origin does not read is held within bounds', async () => {
    const client = await open();
    const request = await client.begin({ ':method': 'POST' });
    stand.origin.play(async (wire) => {
      await wire.readUntil('\r\n\r\n');
      await wire.untilEnd();
    });
    const sending = (async () => {
      for (let sent = 0; sent < 6 * MIB; sent += 65_536) await request.send(Buffer.alloc(65_536));
    })().catch(() => undefined);
    const answer = await request.answer();
    assert.equal(answer.status === 413 || !answer.ended, true, JSON.stringify(answer));
    client.close();
    await within('end of the upload', sending);
  });

  it('a body over its limit is refused', async () => {
    const fields = { ':method': 'POST', 'content-length': String(5 * MIB) };
    const exchange = await (await open()).begin(fields);
    assert.equal((await exchange.head()).status, 413);
  });

  it('an answer without a body has none, and HEAD gets the length of what it did not get', async () => {
    stand.origin.respond(({ method }) =>
      method === 'HEAD' ? 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n' : 'HTTP/1.1 204 No Content\r\n\r\n',
    );
    const client = await open();
    const head = await client.request({ ':method': 'HEAD' });
    assert.deepEqual([head.status, head.fields['content-length'], head.body], [200, '10', '']);
    assert.equal((await client.get('/')).status, 204);
  });

  it('an answer comes whole with repeated fields, however often, and without the trailers of the origin', async () => {
    const body = Array.from({ length: 300_000 }, (_, index) => `${index},`).join('');
    stand.origin.respond(
      () =>
        'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nAge: 1\r\nAge: 1\r\n\r\n' +
        `${body.length.toString(16)}\r\n${body}\r\n0\r\nX-Sum: 7\r\n\r\n`,
    );
    const client = await open();
    for (let round = 0; round < 30; round++) {
      const exchange = await client.begin({ te: 'trailers' });
      exchange.end();
      const answer = await exchange.answer();
      await within('end of the stream', exchange.closed);
      assert.equal(answer.body.length, body.length);
      assert.equal(answer.body, body);
      assert.deepEqual(answer.fields['set-cookie'], ['a=1', 'b=2']);
      assert.equal(answer.fields.age, '1');
      assert.deepEqual(answer.trailers, {});
    }
  });

  it('a client that does not read holds its origin back', async () => {
    const length = 256 * MIB;
    const ended = Promise.withResolvers<void>();
    stand.origin.respond(async (_request, wire) => {
      wire.write(`HTTP/1.1 200 OK\r\nContent-Length: ${length}\r\n\r\n`);
      wire.write(Buffer.alloc(length));
      await wire.untilEnd();
      ended.resolve();
    });
    const client = await open();
    const before = stand.node.residentBytes();
    const request = await client.begin();
    request.end();
    await request.head();
    for (let turn = 0; turn < 50; turn++) assert.equal((await client.get(`/?q=${SCRIPT}`)).status, 403);
    const grown = stand.node.residentBytes() - before;
    assert.ok(grown < length / 2, `${grown} octets more`);
    request.cancel();
    await within('end at the origin', ended.promise);
  });

  it('a request that the client cancels is dropped at the origin too', async () => {
    const reached = Promise.withResolvers<Wire>();
    stand.origin.respond(async (_request, wire) => {
      reached.resolve(wire);
      await wire.untilEnd();
    });
    const client = await open();
    const request = await client.begin();
    request.end();
    const wire = await reached.promise;
    request.cancel();
    await wire.untilEnd();
    stand.origin.respond(() => responseText('next'));
    assert.equal((await client.get('/')).body, 'next');
  });

  it('an answer that breaks off at the origin breaks off at the client', async () => {
    stand.origin.respond(async (_request, wire) => {
      wire.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf');
      wire.end();
    });
    const answer = await (await open()).get('/');
    // A reset may overtake the head.
    assert.ok(answer.status === 200 || answer.status === 0);
    assert.equal(answer.ended, false);
  });

  it('what HTTP/2 refuses is refused', async () => {
    stand.origin.respond(() => responseText('hello'));
    const client = await open();
    const before = stand.origin.requests.length;
    const statusOf = async (fields: Readonly<Record<string, string>>): Promise<number> =>
      (await client.request(fields)).status;
    for (const broken of [
      { ':path': '' },
      { ':path': 'http://other.org/' },
      { ':path': '/a b' },
      { ':authority': 'a/b' },
      { ':authority': 'user@example.org' },
      { ':scheme': 'ftp' },
      { host: 'other.org' },
      { 'x-own': 'a\nX-Evil: b' },
    ]) {
      assert.equal(await statusOf(broken), 0, JSON.stringify(broken));
    }
    assert.equal(await statusOf({ ':path': `/${'x'.repeat(9000)}` }), 414);
    assert.equal(await statusOf({ 'x-large': 'x'.repeat(40_000) }), 431);
    assert.equal(stand.origin.requests.length, before);
    assert.equal(await statusOf({}), 200);
  });

  it('a request that does not come is not waited for long', async () => {
    const request = await (await open()).begin({ ':method': 'POST' });
    assert.ok([408, 0].includes((await request.answer()).status));
  });

  it('counts the connection while it is open', async () => {
    await stand.untilQuiet();
    const client = await open();
    await stand.node.untilMetric('secbeat_connections_active', {}, (count) => count === 1);
    client.close();
    await stand.untilQuiet();
  });

  it('a reload, which puts the certificates in force anew, loses no connection', async () => {
    stand.origin.respond(() => responseText('hello'));
    const client = await open();
    assert.equal((await client.get('/')).status, 200);
    await stand.node.reload({ logging: { level: 'debug' } });
    assert.equal((await client.get('/')).status, 200);
    assert.equal((await (await open()).get('/')).status, 200);
  });
});

withHttp3('clients over HTTP/3', () => {
  async function openOne(
    t: { after(fn: () => unknown): void },
    settings: Settings,
  ): Promise<[Stand, Http3Client]> {
    const stand = await openStand(settings);
    t.after(() => stand.close());
    const client = await Http3Client.open({ host: OWN_HOST, port: stand.node.port });
    t.after(() => client.close());
    return [stand, client];
  }

  it('too many requests are answered with 429', async (t) => {
    const [, client] = await openOne(t, {
      ddos: { rate_limiting: { requests_per_second: 1, burst_size: 2 }, blacklist: { enabled: false } },
    });
    const answers = await Promise.all(Array.from({ length: 10 }, () => client.get('/')));
    const refused = answers.filter(({ status }) => status === 429);
    assert.ok(refused.length >= 6 && refused.length <= 8, String(refused.length));
    assert.ok(Number(refused[0]?.fields['retry-after']) >= 1);
  });

  it('a banned client loses its connection and gets no other', async (t) => {
    const [stand, client] = await openOne(t, {});
    assert.equal((await client.get('/')).status, 200);
    await stand.node.manage('POST', '/api/v1/blacklist', { ip: '127.0.0.1', duration_seconds: 60 });
    await within('end of the connection', client.ended);
    assert.equal(await isRefused(stand), true);
  });

  it('more connections than a client may have are refused', async (t) => {
    const [stand] = await openOne(t, { ddos: { connection_limits: { max_connections_per_ip: 1 } } });
    assert.equal(await isRefused(stand), true);
    await stand.node.untilMetric(
      'secbeat_connections_refused_total',
      { reason: 'connection_limit' },
      (count) => count === 1,
    );
  });

  it('requests that are cancelled again and again end the connection', async (t) => {
    const [stand, client] = await openOne(t, { http2: { abuse_budget: 100 } });
    stand.origin.respond(async (_request, wire) => await wire.untilEnd());
    const cancelled = (async () => {
      for (let turn = 1; turn < 100; turn++) {
        const request = await client.begin();
        request.end();
        await until(
          'request at the origin',
          () => stand.origin.requests.length,
          (count) => count === turn,
        );
        request.cancel();
      }
    })().catch(() => undefined);
    await within('end of the connection', client.ended);
    assert.ok(stand.origin.requests.length < 40, String(stand.origin.requests.length));
    await stand.node.untilMetric(
      'secbeat_connections_refused_total',
      { reason: 'http2_abuse' },
      (count) => count === 1,
    );
    void cancelled;
  });

  it('datagrams that only look like handshakes keep no client out', async (t) => {
    const [stand, client] = await openOne(t, {
      ddos: { connection_limits: { max_concurrent_handshakes: 10 } },
    });
    const socket = createSocket('udp4');
    t.after(() => socket.close());
    for (let sent = 0; sent < 500; sent++) socket.send(falseInitial(), stand.node.port, OWN_HOST);
    await stand.node.untilMetric(
      'secbeat_connections_refused_total',
      { reason: 'handshake_limit' },
      (count) => count > 0,
    );
    assert.equal(await askOnce(stand), 200);
    assert.equal((await client.get('/')).status, 200);
  });

  it('a draining node finishes what it has begun', async (t) => {
    const [stand, client] = await openOne(t, {});
    const release = Promise.withResolvers<void>();
    stand.origin.respond(async (_request, wire) => {
      await release.promise;
      wire.write(responseText('finished'));
    });
    const answer = client.get('/');
    await until(
      'request at the origin',
      () => stand.origin.requests.length,
      (count) => count === 1,
    );
    const stopped = stand.node.stop();
    release.resolve();
    assert.equal((await answer).body, 'finished');
    await stopped;
  });

  it('a worker that dies is replaced by one that has HTTP/3 again', async (t) => {
    const preload = 'Bun' in globalThis ? '--preload' : '--import';
    const stand = await openStand({}, 1, [preload, DYING_WORKER]);
    t.after(() => stand.close());
    stand.node.provoked = /Worker failed|Worker ended/;
    writeFileSync(join(stand.node.folder, 'die'), '');
    await stand.node.untilLine(/Worker ended/);
    const status = await until(
      'answer of the replacement',
      () => askOnce(stand).catch(() => 0),
      (found) => found !== 0,
    );
    assert.equal(status, 200);
  });

  it('a name that nobody has is not served where names are strict', async (t) => {
    const [stand] = await openOne(t, {
      network: { tls: { strict_sni: true }, listen_addr: `${OWN_HOST}:${await freePort()}` },
    });
    await assert.rejects(
      Http3Client.open({ host: OWN_HOST, port: stand.node.port, serverName: 'other.net' }),
    );
  });

  /** The status of one request over a connection of its own, or 0. */
  async function askOnce(stand: Stand): Promise<number> {
    const client = await Http3Client.open({ host: OWN_HOST, port: stand.node.port });
    try {
      return (await client.get('/')).status;
    } finally {
      client.close();
    }
  }

  async function isRefused(stand: Stand): Promise<boolean> {
    return (await askOnce(stand).catch(() => 0)) === 0;
  }
});

withHttp3('Alt-Svc', () => {
  let stand: Stand;
  before(async () => {
    stand = await openStand({ http3: { enabled: true, alt_svc_max_age_seconds: 60 } });
    stand.origin.respond(() => responseText('hello', { 'Alt-Svc': 'h3=":1"' }));
  });
  after(() => stand.close());

  it('answers over HTTP/1.1 and HTTP/2 tell of HTTP/3, and nothing that the origin says of its own', async () => {
    const expected = `h3=":${stand.node.port}"; ma=60`;
    const answer = await stand.request('GET', '/', {}, '', { to: OWN_HOST });
    assert.equal(field(answer, 'alt-svc'), expected);
    const http2 = await Http2Client.tls({ host: OWN_HOST, port: stand.node.port });
    const { fields } = await http2.get('/');
    http2.close();
    const found = fields.filter(([name]) => name === 'alt-svc').map(([, value]) => value);
    assert.deepEqual(found, [expected]);
  });
});

withHttp3('a browser', () => {
  const RESOURCES = 100;
  /** When everything is there, the page writes down which protocols brought it. */
  const PAGE = [
    '<!doctype html><html><head>',
    ...Array.from({ length: RESOURCES }, (_, index) => `<script src="/r/${index}.js"></script>`),
    '</head><body><script>onload = () => {',
    "const all = performance.getEntriesByType('resource');",
    'const by = [...new Set(all.map((one) => one.nextHopProtocol))].join();',
    "document.body.dataset.seen = [window.count, 'of', all.length, 'by', by].join(' ');",
    '};</script></body></html>',
  ].join('\n');

  let stand: Stand;
  before(async () => {
    stand = await openStand();
    stand.origin.respond(({ target }) =>
      target.startsWith('/r/')
        ? responseText('window.count = (window.count ?? 0) + 1;', { 'Content-Type': 'text/javascript' })
        : responseText(PAGE, { 'Content-Type': 'text/html' }),
    );
  });
  after(() => stand.close());

  for (const [name, http3, protocol] of [
    ['HTTP/3', true, 'h3'],
    ['HTTP/2', false, 'h2'],
  ] as const) {
    it(`loads a page with a hundred resources over ${name}`, { skip: skipWithoutChromium() }, async () => {
      const certPath = join(stand.node.folder, 'cert.pem');
      const page = await loadPage(`https://${OWN_HOST}:${stand.node.port}/`, { certPath, http3 });
      assert.match(page, new RegExp(`data-seen="${RESOURCES} of ${RESOURCES} by ${protocol}"`));
    });
  }
});

/** The first datagram of a handshake by its form, which nobody can decrypt. */
function falseInitial(): Buffer {
  const datagram = randomBytes(1200);
  datagram[0] = 0xc0;
  datagram.writeUInt32BE(1, 1);
  datagram[5] = 8;
  datagram.writeUInt16BE(0, 14);
  return datagram;
}

withoutHttp3('a runtime without HTTP/3', () => {
  it('serves without it, says so at the start and in the check, and announces nothing', async (t) => {
    const stand = await openStand();
    t.after(() => stand.close());
    assert.match(await stand.node.untilLine(/HTTP\/3 is off/), /this runtime has no HTTP\/3/);
    stand.origin.respond(() => responseText('hello'));
    const answer = await stand.request('GET', '/', {}, '', { to: OWN_HOST });
    assert.equal(answer.status, 200);
    assert.equal(field(answer, 'alt-svc'), null);
    const check = await run(process.execPath, [MAIN, 'check', '--config', stand.node.configPath]);
    assert.match(check.stderr, /warning: .*this runtime has no HTTP\/3/);
  });
});

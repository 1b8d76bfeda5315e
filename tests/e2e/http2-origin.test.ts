/** Origins that speak HTTP/2: shared connections, their limits, their ends, and what is not to be believed of them. */
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import * as h2 from '../../src/http/http2/frame-types.ts';
import { createSelfSigned } from '../../src/tls/self-signed.ts';
import { type Fields, Http2Client, uint32 } from '../support/http2-client.ts';
import { answerWith, fieldOf, Http2Origin } from '../support/http2-origin.ts';
import { field, type Response, readResponse, requestText } from '../support/messages.ts';
import type { Settings } from '../support/node-config.ts';
import { Stand } from '../support/stand.ts';
import { until } from '../support/until.ts';

const OK: Fields = [[':status', '200']];
const GOAWAY_LAST = h2.STREAM_ID_MAX;

let stand: Stand;
let origin: Http2Origin;
const clients: Http2Client[] = [];

before(async () => {
  origin = await Http2Origin.start();
  stand = await Stand.open({ workers: 1, settings: { sites: [site()] } });
});
afterEach(() => {
  for (const client of clients.splice(0)) client.close();
});
after(async () => {
  await stand.close();
  await origin.close();
});

function site(upstream: Settings = {}, entry: Settings = {}): Settings {
  return {
    name: 'shop',
    upstream: { slow_start_seconds: 0, breaker: { enabled: false }, ...upstream },
    origins: [{ url: `h2c://127.0.0.1:${origin.port}`, ...entry }],
  };
}

/** A configuration in force with nothing known of the origin; its settings are those of a test. */
async function setUp(
  settings: Http2Origin['settings'] = [],
  upstream: Settings = {},
  entry: Settings = {},
): Promise<void> {
  await stand.node.reload({ sites: [{ ...site(), name: 'other' }] });
  origin.settings = settings;
  origin.respond(answerWith('hello'));
  assert.match(await stand.node.reload({ sites: [site(upstream, entry)] }), /reloaded/);
  origin.endAll();
  origin.peers.length = 0;
}

async function openClient(): Promise<Http2Client> {
  const client = await Http2Client.tls({ host: '127.0.0.1', port: stand.node.port });
  clients.push(client);
  return client;
}

async function ask(method = 'GET', target = '/', body = ''): Promise<Response> {
  return await stand.request(method, target, {}, body);
}

/** The node's line about a request that it answered itself. */
async function lineOf(answer: Response): Promise<string> {
  return await stand.node.untilLine(new RegExp(` request_id=${field(answer, 'x-request-id')}( |$)`));
}

describe('a request to an origin of HTTP/2', () => {
  it('has its pseudo-fields, the fields of the client and those of the node, and nothing of HTTP/1.1', async () => {
    await setUp();
    const answer = await stand.request('POST', '/a?b=c', { 'X-Own': 'Value', Cookie: 'a=1; b=2' }, 'body');
    assert.equal(answer.body.toString(), 'hello');
    const [request] = origin.requests;
    assert.deepEqual(request!.fields.slice(0, 4), [
      [':method', 'POST'],
      [':scheme', 'http'],
      [':path', '/a?b=c'],
      [':authority', 'shop.example'],
    ]);
    assert.equal(fieldOf(request!, 'x-own'), 'Value');
    assert.equal(fieldOf(request!, 'cookie'), 'a=1; b=2');
    assert.equal(fieldOf(request!, 'content-length'), '4');
    assert.equal(fieldOf(request!, 'via'), '1.1 secbeat');
    assert.equal(fieldOf(request!, 'x-forwarded-for'), '127.0.0.1');
    for (const name of ['host', 'connection', 'transfer-encoding', 'te']) {
      assert.equal(fieldOf(request!, name), null, name);
    }
    assert.deepEqual([request!.body, request!.ended], ['body', true]);
  });

  it('comes with its answer to clients of HTTP/1.1, in chunks where the length is not told', async () => {
    await setUp();
    origin.respond((peer, id) => {
      peer.headers(id, [...OK, ['x-origin', 'yes']], false);
      peer.data(id, 'first ');
      peer.data(id, 'second');
      peer.data(id, '', true);
    });
    const answer = await ask();
    assert.equal(answer.body.toString(), 'first second');
    assert.equal(field(answer, 'x-origin'), 'yes');
    assert.equal(field(answer, 'transfer-encoding'), 'chunked');
    origin.respond(answerWith('five!', [...OK, ['content-length', '5']]));
    assert.equal(field(await ask(), 'content-length'), '5');
  });

  it('has no body in answers to HEAD, and none with 204 and 304', async () => {
    await setUp();
    origin.respond((peer, id) => peer.headers(id, [...OK, ['content-length', '5']], true));
    assert.equal(field(await ask('HEAD'), 'content-length'), '5');
    for (const status of ['204', '304']) {
      origin.respond((peer, id) => peer.headers(id, [[':status', status]], true));
      assert.equal((await ask()).status, Number(status));
    }
  });

  it('passes a large body both ways through small windows', async () => {
    await setUp([[h2.SETTINGS_INITIAL_WINDOW_SIZE, 1000]]);
    const large = 'x'.repeat(300_000);
    origin.respond(async (peer, id, request) => {
      let opened = h2.DEFAULT_WINDOW;
      let given = 1000;
      peer.windowUpdate(0, WIDE);
      opened += WIDE;
      await peer.when('whole body', () => {
        if (request.body.length >= given && given < large.length) {
          given += 50_000;
          peer.windowUpdate(id, 50_000);
        }
        assert.ok(request.body.length <= Math.min(given, opened));
        return request.ended ? true : null;
      });
      peer.headers(id, OK, false);
      for (let at = 0; at < request.body.length; at += 16_000)
        peer.data(id, request.body.slice(at, at + 16_000));
      peer.data(id, '', true);
    });
    const answer = await ask('POST', '/', large);
    assert.equal(answer.body.length, large.length);
  });

  it('goes by TLS where ALPN agrees on HTTP/2, else the answer is 502', async () => {
    const { certPem: cert, keyPem: key } = await createSelfSigned(['localhost']);
    const pair = { cert, key };
    const secure = await Http2Origin.start({ tls: pair });
    const old = await Http2Origin.start({ tls: { ...pair, ALPNProtocols: ['http/1.1'] } });
    try {
      const url = (port: number): Settings => ({ url: `h2://127.0.0.1:${port}`, verify: false });
      await setUp([], {}, url(secure.port));
      assert.equal((await ask()).body.toString(), 'hello');
      assert.deepEqual(secure.requests[0]!.fields[1], [':scheme', 'https']);
      await setUp([], {}, url(old.port));
      const refused = await ask();
      assert.equal(refused.status, 502);
      assert.match(await lineOf(refused), /reason=origin_invalid/);
    } finally {
      await secure.close();
      await old.close();
    }
  });
});

const WIDE = 1 << 20;

describe('connections to an origin of HTTP/2', () => {
  it('are shared by requests of many clients', async () => {
    await setUp();
    const held: (() => void)[] = [];
    origin.respond((peer, id) => held.push(() => answerWith('late')(peer, id, peer.answers.get(id)!)));
    const asked = Array.from({ length: 20 }, () => ask());
    await until(
      'all requests',
      () => held.length,
      (count) => count === 20,
    );
    assert.equal(origin.peers.length, 1);
    for (const answer of held) answer();
    for (const answer of await Promise.all(asked)) assert.equal(answer.body.toString(), 'late');
  });

  it('carry as many requests as the origin allows, and more connections carry the rest', async () => {
    await setUp([[h2.SETTINGS_MAX_CONCURRENT_STREAMS, 3]]);
    const held: (() => void)[] = [];
    origin.respond((peer, id) => held.push(() => answerWith('late')(peer, id, peer.answers.get(id)!)));
    const asked = Array.from({ length: 10 }, () => ask());
    await until(
      'all requests',
      () => held.length,
      (count) => count === 10,
    );
    const counts = origin.peers.map(({ answers }) => answers.size);
    assert.ok(Math.max(...counts) <= 3, String(counts));
    assert.equal(origin.peers.length, 4);
    for (const answer of held) answer();
    await Promise.all(asked);
  });

  it('belong to one request each where the origin is told whom they serve', async () => {
    await setUp([], {}, { send_proxy: 'v1' });
    origin.proxyHeaders = [];
    try {
      await Promise.all([ask(), ask('POST', '/', 'a=1')]);
      await ask();
      assert.equal(origin.peers.length, 3);
      for (const header of origin.proxyHeaders) {
        assert.match(header, /^PROXY TCP4 127\.0\.0\.1 127\.0\.0\.1 \d+ \d+\r\n$/);
      }
      for (const peer of origin.peers) await peer.wire.untilEnd();
    } finally {
      origin.proxyHeaders = null;
    }
  });

  it('end when they have been idle for a while, and say so', async () => {
    await setUp([], { idle_timeout_seconds: 1 });
    await ask();
    const [peer] = origin.peers;
    assert.equal(await peer!.goawayAndClose(), h2.NO_ERROR);
  });

  it('that were silent are asked before a POST goes over them', async () => {
    await setUp();
    await ask();
    await until(
      'silence',
      () => performance.now(),
      (
        (start) => (now) =>
          now - start > 1200
      )(performance.now()),
    );
    assert.equal((await ask('POST', '/', 'a=1')).status, 200);
    const [peer] = origin.peers;
    assert.equal(origin.peers.length, 1);
    const types = peer!.frames.map(({ type }) => type);
    assert.ok(types.includes(h2.PING) && types.indexOf(h2.PING) < types.lastIndexOf(h2.HEADERS));
  });
});

describe('an origin of HTTP/2 that goes away', () => {
  it('gets the requests again that it has not looked at, on another connection', async () => {
    await setUp();
    let first = true;
    origin.respond((peer, id, request) => {
      if (first) {
        first = false;
        peer.send(h2.GOAWAY, 0, 0, Buffer.concat([uint32(0), uint32(h2.NO_ERROR)]));
      } else answerWith('again')(peer, id, request);
    });
    assert.equal((await ask()).body.toString(), 'again');
    assert.equal(origin.peers.length, 2);
  });

  it('finishes what it has begun, and gets nothing more on that connection', async () => {
    await setUp();
    const released = Promise.withResolvers<void>();
    origin.respond(async (peer, id, request) => {
      if (fieldOf(request, ':path') === '/slow') {
        peer.send(h2.GOAWAY, 0, 0, Buffer.concat([uint32(GOAWAY_LAST), uint32(h2.NO_ERROR)]));
        await peer.ping();
        released.resolve();
        await until(
          'second connection',
          () => origin.peers.length,
          (count) => count === 2,
        );
      }
      answerWith('done')(peer, id, request);
    });
    const slow = ask('GET', '/slow');
    await released.promise;
    assert.equal((await ask('GET', '/other')).body.toString(), 'done');
    assert.equal((await slow).body.toString(), 'done');
    assert.equal(await origin.peers[0]!.goawayAndClose(), h2.NO_ERROR);
  });

  it('refuses a stream: a GET is repeated within the budget, a POST is answered with 502', async () => {
    await setUp();
    let refusals = 0;
    origin.respond((peer, id, request) => {
      if (refusals++ === 0) peer.reset(id, h2.REFUSED_STREAM);
      else answerWith('again')(peer, id, request);
    });
    assert.equal((await ask()).body.toString(), 'again');
    refusals = 0;
    assert.equal((await ask('POST', '/', 'a=1')).status, 502);
  });

  it('breaks off within an answer: the client sees that it is not whole', async () => {
    await setUp();
    origin.respond((peer, id) => {
      peer.headers(id, OK, false);
      peer.data(id, 'half');
      peer.reset(id, h2.INTERNAL_ERROR);
    });
    assert.equal((await ask()).status, 502, 'nothing had been sent yet');
    origin.respond(async (peer, id) => {
      peer.headers(id, OK, false);
      peer.data(id, 'half');
      await peer.ping();
      peer.reset(id, h2.INTERNAL_ERROR);
    });
    const client = await openClient();
    const answer = await client.get();
    assert.deepEqual([answer.status, answer.body, answer.ended], [200, 'half', false]);
    assert.equal(answer.reset, h2.INTERNAL_ERROR);
  });

  it('is asked whether it is still there once a request has waited in vain, and given up', async () => {
    await setUp([], { response_timeout_seconds: 6 });
    origin.play(async (peer) => {
      peer.settings([]);
      await peer.frame('request', ({ type }) => type === h2.HEADERS);
      // From here on it is mute.
      peer.wire.socket.pause();
    });
    assert.equal((await ask()).status, 504);
    origin.respond(answerWith('other'));
    const answer = await until(
      'other connection',
      () => ask(),
      ({ status }) => status === 200,
    );
    assert.equal(answer.body.toString(), 'other');
  });
});

describe('an exchange that ends early', () => {
  it('resets its stream at the origin, and no other one', async () => {
    await setUp();
    let finish = (): void => undefined;
    origin.respond((peer, id, request) => {
      if (fieldOf(request, ':path') === '/other') finish = () => answerWith('whole')(peer, id, request);
    });
    const client = await openClient();
    const id = client.request([], { path: '/cancelled' });
    const other = client.request([], { path: '/other' });
    await until(
      'both requests',
      () => origin.requests.length,
      (count) => count === 2,
    );
    client.reset(id);
    const [peer] = origin.peers;
    await peer!.frame(
      'reset',
      ({ type, payload }) => type === h2.RST_STREAM && payload.readUInt32BE() === h2.CANCEL,
    );
    finish();
    assert.equal((await client.answer(other)).body, 'whole');
    assert.equal(origin.peers.length, 1);
  });
});

describe('clients that cancel again and again', () => {
  it('do not cost others the connection: another one takes its place before the origin minds', async () => {
    await setUp();
    origin.respond(() => undefined);
    for (let round = 0; round < 3; round++) {
      const client = await openClient();
      const ids = Array.from({ length: 80 }, () => client.request());
      const known = origin.requests.length;
      await until(
        'requests',
        () => origin.requests.length - known,
        (count) => count === ids.length,
      );
      for (const id of ids) client.reset(id);
      await client.ping();
    }
    origin.respond(answerWith('well'));
    assert.equal((await ask()).body.toString(), 'well');
    assert.equal(origin.peers.length, 2);
    assert.equal(await origin.peers[0]!.goawayAndClose(), h2.NO_ERROR);
  });
});

describe('trailers of an origin of HTTP/2', () => {
  const sendTrailed = async (fields: Fields): Promise<void> => {
    await setUp();
    origin.respond((peer, id) => {
      peer.headers(id, OK, false);
      peer.data(id, 'body');
      peer.headers(id, fields, true);
    });
  };

  it('reach clients of HTTP/2, without what has no place there', async () => {
    await sendTrailed([
      ['x-sum', '1'],
      ['content-length', '3'],
      ['set-cookie', 'a=b'],
    ]);
    const client = await openClient();
    const answer = await client.get();
    assert.deepEqual([answer.body, answer.ended], ['body', true]);
    assert.equal(fieldOf(answer, 'x-sum'), '1');
    assert.equal(fieldOf(answer, 'content-length'), null);
    assert.equal(fieldOf(answer, 'set-cookie'), null);
  });

  it('end at the node for clients of HTTP/1.1', async () => {
    await sendTrailed([['x-sum', '1']]);
    const wire = await stand.connect();
    wire.write(requestText('GET', '/') + requestText('GET', '/'));
    assert.equal((await readResponse(wire)).body.toString(), 'body');
    assert.equal((await readResponse(wire)).body.toString(), 'body');
  });

  it('of a client reach the origin, and it is told that the client takes some', async () => {
    await setUp();
    origin.respond(async (peer, id, request) => {
      await peer.when('end', () => (request.ended ? true : null));
      answerWith('thanks')(peer, id, request);
    });
    const client = await openClient();
    const id = client.request([['te', 'trailers']], { method: 'POST', end: false });
    client.data(id, 'body');
    client.headers(id, [['x-sum', '1']], true);
    assert.equal((await client.answer(id)).body, 'thanks');
    const [request] = origin.requests;
    assert.deepEqual(
      [fieldOf(request!, 'te'), fieldOf(request!, 'x-sum'), request!.body],
      ['trailers', '1', 'body'],
    );
  });
});

describe('interim answers of an origin of HTTP/2', () => {
  it('reach the client, and too many of them are not put up with', async () => {
    await setUp();
    const hints: Fields = [
      [':status', '103'],
      ['link', '</a>'],
    ];
    origin.respond((peer, id, request) => {
      peer.headers(id, hints, false);
      answerWith('final')(peer, id, request);
    });
    const client = await openClient();
    const answer = await client.get();
    assert.deepEqual([fieldOf(answer, 'link'), answer.status, answer.body], ['</a>', 200, 'final']);
    origin.respond((peer, id) => {
      for (let count = 0; count < 20; count++) peer.headers(id, hints, false);
    });
    assert.equal((await client.get()).status, 502);
  });
});

describe('health checks of an origin of HTTP/2', () => {
  it('go over HTTP/2', async () => {
    let well = true;
    const health_check = {
      enabled: true,
      path: '/health',
      interval_seconds: 1,
      timeout_ms: 500,
      fall: 1,
      rise: 1,
    };
    await setUp([], { health_check });
    origin.respond((peer, id, request) => {
      const isCheck = fieldOf(request, ':path') === '/health';
      answerWith('x', [[':status', isCheck && !well ? '500' : '200']])(peer, id, request);
    });
    await until(
      'check',
      () => origin.requests.some((request) => fieldOf(request, ':path') === '/health'),
      Boolean,
    );
    assert.equal((await ask()).status, 200);
    well = false;
    await until(
      'refusal',
      () => ask(),
      ({ status }) => status === 503,
    );
    well = true;
    await until(
      'return',
      () => ask(),
      ({ status }) => status === 200,
    );
  });
});

describe('an origin of HTTP/2 is not believed', () => {
  /** Each breaks a rule of RFC 9113 in its answer on stream 1, so the connection ends with the named error. */
  const violations: readonly (readonly [string, number, (peer: Http2Client, id: number) => void])[] = [
    ['a push', h2.PROTOCOL_ERROR, (peer, id) => peer.send(h2.PUSH_PROMISE, 4, id, uint32(2))],
    ['a stream of its own', h2.PROTOCOL_ERROR, (peer) => peer.headers(2, OK)],
    ['a stream that nobody has begun', h2.PROTOCOL_ERROR, (peer) => peer.headers(99, OK)],
    ['data on such a stream', h2.PROTOCOL_ERROR, (peer) => peer.data(99, 'x')],
    ['a frame that is too long', h2.FRAME_SIZE_ERROR, (peer, id) => peer.data(id, Buffer.alloc(20_000))],
    ['SETTINGS out of range', h2.FLOW_CONTROL_ERROR, (peer) => peer.settings([[4, 0x80000000]])],
    ['a window beyond its end', h2.FLOW_CONTROL_ERROR, (peer) => peer.windowUpdate(0, h2.WINDOW_MAX)],
    ['a window update of nothing', h2.PROTOCOL_ERROR, (peer) => peer.windowUpdate(0, 0)],
    ['a ping of the wrong length', h2.FRAME_SIZE_ERROR, (peer) => peer.send(h2.PING, 0, 0, Buffer.alloc(7))],
    [
      'a block that is no HPACK',
      h2.COMPRESSION_ERROR,
      (peer, id) => peer.send(h2.HEADERS, 4, id, Buffer.of(0x80)),
    ],
    [
      'a frame between pieces of a block',
      h2.PROTOCOL_ERROR,
      (peer, id) => {
        peer.send(h2.HEADERS, 0, id, Buffer.alloc(0));
        peer.data(id, 'x');
      },
    ],
    [
      'a block without an end',
      h2.ENHANCE_YOUR_CALM,
      (peer, id) => {
        peer.send(h2.HEADERS, 0, id, Buffer.alloc(0));
        for (let count = 0; count < 500; count++) peer.send(h2.CONTINUATION, 0, id, Buffer.alloc(1000));
      },
    ],
    [
      'a flood of pings',
      h2.ENHANCE_YOUR_CALM,
      (peer) => {
        for (let count = 0; count < 20_000; count++) peer.send(h2.PING, 0, 0, Buffer.alloc(8));
      },
    ],
    [
      'a flood of unknown frames',
      h2.ENHANCE_YOUR_CALM,
      (peer) => {
        for (let count = 0; count < 20_000; count++) peer.send(0x77, 0, 0);
      },
    ],
  ];
  for (const [what, code, violate] of violations) {
    it(`${what} ends the connection`, async () => {
      await setUp();
      origin.respond((peer, id) => violate(peer, id));
      assert.equal((await ask()).status, 502);
      const said = await origin.peers[0]!.goawayAndClose();
      // Whoever is still sending may find the connection reset before it reads why.
      if (code !== h2.ENHANCE_YOUR_CALM || said !== null) assert.equal(said, code);
      origin.respond(answerWith('well'));
      assert.equal((await ask()).body.toString(), 'well');
    });
  }

  /** Each is one malformed answer: that stream is reset, the connection goes on. */
  const malformed: readonly (readonly [string, (peer: Http2Client, id: number) => void])[] = [
    ['no status', (peer, id) => peer.headers(id, [['x', 'y']])],
    ['two statuses', (peer, id) => peer.headers(id, [...OK, ...OK])],
    ['status 101', (peer, id) => peer.headers(id, [[':status', '101']], false)],
    ['a field of connections', (peer, id) => peer.headers(id, [...OK, ['connection', 'close']])],
    ['a line end in a value', (peer, id) => peer.headers(id, [...OK, ['x', 'a\r\nset-cookie: b']])],
    ['a name in capitals', (peer, id) => peer.headers(id, [...OK, ['Server', 'a']])],
    [
      'more fields than any answer has',
      (peer, id) => {
        peer.headers(id, [...OK, ...Array.from({ length: 300 }, () => ['x', 'y'] as const)]);
      },
    ],
    ['data in front of the head', (peer, id) => peer.data(id, 'x', true)],
    [
      'less data than its length says',
      (peer, id) => {
        peer.headers(id, [...OK, ['content-length', '10']], false);
        peer.data(id, 'short', true);
      },
    ],
    [
      'more data than its length says',
      (peer, id) => {
        peer.headers(id, [...OK, ['content-length', '2']], false);
        peer.data(id, 'long');
      },
    ],
    ['an interim answer that ends', (peer, id) => peer.headers(id, [[':status', '103']], true)],
    [
      'trailers that do not end',
      (peer, id) => {
        peer.headers(id, OK, false);
        peer.headers(id, [['x', 'y']], false);
      },
    ],
  ];
  for (const [what, answer] of malformed) {
    it(`an answer with ${what} is answered with 502`, async () => {
      await setUp();
      origin.respond((peer, id) => answer(peer, id));
      assert.equal((await ask()).status, 502);
      const [peer] = origin.peers;
      await peer!.frame('reset', ({ type }) => type === h2.RST_STREAM);
      origin.respond(answerWith('well'));
      assert.equal((await ask()).body.toString(), 'well');
      assert.equal(origin.peers.length, 1);
    });
  }

  it('another protocol on its port is answered with 502', async () => {
    await setUp([], {}, { url: `h2c://127.0.0.1:${stand.origin.port}` });
    const answer = await ask();
    assert.equal(answer.status, 502);
    assert.match(await lineOf(answer), /reason=origin_(invalid|unreachable)/);
  });
});

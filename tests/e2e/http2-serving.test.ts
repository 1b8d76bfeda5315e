/** Requests over HTTP/2 on their way through a node: bodies, trailers, back-pressure, tunnels, deadlines, drain. */
import assert from 'node:assert/strict';
import { connect as connectHttp2 } from 'node:http2';
import { after, afterEach, before, describe, it } from 'node:test';
import * as h2 from '../../src/http/http2/frame-types.ts';
import { webSocketAccept as acceptOf } from '../../src/http/websocket-accept.ts';
import { Http2Client, type Http2Options } from '../support/http2-client.ts';
import { field, readRequest, responseText } from '../support/messages.ts';
import { Stand } from '../support/stand.ts';
import { until } from '../support/until.ts';
import type { Wire } from '../support/wire.ts';

describe('HTTP/2 through the node', () => {
  let stand: Stand;
  const clients: Http2Client[] = [];

  before(async () => {
    const http = {
      header_timeout_ms: 1000,
      idle_timeout_seconds: 30,
      response_bytes_per_second_min: 1_000_000,
    };
    stand = await Stand.open({ workers: 1, settings: { http } });
  });
  afterEach(() => {
    for (const client of clients.splice(0)) client.close();
  });
  after(async () => await stand.close());

  async function open(options: Http2Options = {}): Promise<Http2Client> {
    const client = await Http2Client.tls({ host: '127.0.0.1', port: stand.node.port }, options);
    clients.push(client);
    return client;
  }

  it('serves by TLS what ALPN has agreed on', async () => {
    stand.origin.respond(() => responseText('hello'));
    const client = await open();
    const answer = await client.get('/path?x=1', [['x-own', 'value']]);
    assert.equal(answer.body, 'hello');
    const [request] = stand.origin.requests;
    assert.equal(request?.startLine, 'GET /path?x=1 HTTP/1.1');
    assert.equal(field(request!, 'host'), 'example.org');
    assert.equal(field(request!, 'x-own'), 'value');
    assert.equal(field(request!, 'x-forwarded-proto'), 'https');
  });

  it('answers many streams at once, whatever their order', async () => {
    stand.origin.respond(({ target }) => responseText(target));
    const client = await open();
    const ids = Array.from({ length: 100 }, (_, index) => client.request([], { path: `/${index}` }));
    const answers = await Promise.all(ids.map((id) => client.answer(id)));
    assert.deepEqual(
      answers.map(({ body }) => body),
      ids.map((_, index) => `/${index}`),
    );
  });

  it('passes on a body of known length and one without', async () => {
    stand.origin.respond(({ body }) => responseText(String(body.length)));
    const client = await open();
    const known = client.request([['content-length', '300000']], { method: 'POST', end: false });
    const unknown = client.request([], { method: 'POST', end: false });
    for (let i = 0; i < 30; i++) {
      client.data(known, Buffer.alloc(10_000), i === 29);
      client.data(unknown, Buffer.alloc(10_000), i === 29);
    }
    assert.equal((await client.answer(known)).body, '300000');
    assert.equal((await client.answer(unknown)).body, '300000');
  });

  it('sends a large answer to a client with small windows, in order and whole', async () => {
    const body = Array.from({ length: 100_000 }, (_, index) => `${index},`).join('');
    stand.origin.respond(() => responseText(body));
    const client = await open({ settings: [], connectionWindow: 0 });
    const id = client.request();
    let opened = h2.DEFAULT_WINDOW;
    await client.when('all of it', () => {
      const received = client.answers.get(id)?.body.length ?? 0;
      if (opened - received < 20_000) {
        opened += 40_000;
        client.windowUpdate(id, 40_000);
        client.windowUpdate(0, 40_000);
      }
      return received === body.length ? true : null;
    });
    assert.equal((await client.answer(id)).body, body);
  });

  it('a page of large resources reaches a client with small windows, no stream of it refused', async () => {
    stand.origin.respond(() => responseText('x'.repeat(100_000)));
    const client = await open({ settings: [], connectionWindow: 0 });
    const ids: number[] = [];
    const granted = new Map<number, number>();
    const isOver = (id: number): boolean => {
      const answer = client.answers.get(id);
      return answer !== undefined && (answer.ended || answer.reset !== null);
    };
    let taken = 0;
    await client.when('all answers', () => {
      while (ids.length < 300 && ids.filter((id) => !isOver(id)).length < 100) ids.push(client.request());
      const received = [...client.answers.values()].reduce((sum, { body }) => sum + body.length, 0);
      if (received > taken) client.windowUpdate(0, received - taken);
      taken = received;
      for (const id of ids) {
        const missing = (client.answers.get(id)?.body.length ?? 0) - (granted.get(id) ?? 0);
        if (missing > 0 && !isOver(id)) client.windowUpdate(id, missing);
        granted.set(id, client.answers.get(id)?.body.length ?? 0);
      }
      return ids.length === 300 && ids.every(isOver) ? true : null;
    });
    for (const id of ids) assert.equal(client.answers.get(id)?.body.length, 100_000);
  });

  it('a stream without a window holds up no other one', async () => {
    stand.origin.respond(({ target }) => responseText(target === '/large' ? 'x'.repeat(1_000_000) : 'small'));
    const client = await open({ settings: [[h2.SETTINGS_INITIAL_WINDOW_SIZE, 10]] });
    const large = client.request([], { path: '/large' });
    await client.when('a window full', () => (client.answers.get(large)?.body.length === 10 ? true : null));
    assert.equal((await client.get('/small')).body, 'small');
    client.windowUpdate(large, 2_000_000);
    assert.equal((await client.answer(large)).body.length, 1_000_000);
  });

  it('an answer that breaks off at the origin resets the stream', async () => {
    stand.origin.respond(async (_request, wire) => {
      wire.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf');
      wire.end();
    });
    const client = await open();
    const answer = await client.get();
    assert.deepEqual([answer.status, answer.body, answer.ended], [200, 'half', false]);
    assert.equal(answer.reset, h2.INTERNAL_ERROR);
  });

  it('a request that the client cancels is dropped at the origin too', async () => {
    const reached = Promise.withResolvers<Wire>();
    stand.origin.respond(async (_request, wire) => {
      reached.resolve(wire);
      await wire.untilEnd();
    });
    const client = await open();
    const id = client.request();
    const wire = await reached.promise;
    client.reset(id);
    await wire.untilEnd();
  });

  it('a head over the limits is answered with 431 and 414', async () => {
    stand.origin.respond(() => responseText('hello'));
    const client = await open();
    assert.equal((await client.get('/', [['x-large', 'x'.repeat(40_000)]])).status, 431);
    const many = Array.from({ length: 200 }, (_, index) => [`x-${index}`, '1'] as const);
    assert.equal((await client.get('/', many)).status, 431);
    assert.equal((await client.get(`/${'x'.repeat(9000)}`)).status, 414);
    assert.equal((await client.get()).status, 200);
    assert.equal(stand.origin.requests.length, 1);
  });

  it('a field block that does not end in time ends the connection', async () => {
    const client = await open();
    await client.ping();
    client.send(h2.HEADERS, h2.FLAG_END_STREAM, 1, Buffer.alloc(0));
    assert.equal(await client.goawayAndClose(), h2.ENHANCE_YOUR_CALM);
  });

  it('SETTINGS that nobody acknowledges end the connection', async () => {
    const client = await open({ acknowledge: false });
    assert.equal(await client.goawayAndClose(), h2.SETTINGS_TIMEOUT);
  });

  it('a client that leaves its window at zero loses the stream in time', async () => {
    stand.origin.respond(() => responseText('hello'));
    const client = await open({ settings: [[h2.SETTINGS_INITIAL_WINDOW_SIZE, 0]] });
    const answer = await client.get();
    assert.deepEqual([answer.status, answer.body, answer.reset], [200, '', h2.CANCEL]);
  });

  describe('RFC 8441: WebSocket', () => {
    const connectFields = [
      [':method', 'CONNECT'],
      [':protocol', 'websocket'],
      [':scheme', 'https'],
      [':authority', 'example.org'],
      [':path', '/chat'],
      ['sec-websocket-version', '13'],
    ] as const;

    async function tunnel(client: Http2Client, echo: boolean): Promise<number> {
      stand.origin.play(async (wire) => {
        const request = await readRequest(wire);
        const key = field(request!, 'sec-websocket-key') ?? '';
        wire.write(
          `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: ${acceptOf(key)}\r\n\r\n`,
        );
        while (await wire.hasMore()) {
          const octets = await wire.readBytes(wire.pending.length);
          if (echo) wire.write(octets);
        }
        wire.end();
      });
      const id = client.nextId();
      client.headers(id, connectFields, false);
      await client.when('200', () => (client.answers.get(id)?.status === 200 ? true : null));
      return id;
    }

    it('octets pass both ways, and the end of one side reaches the other', async () => {
      const client = await open();
      const id = await tunnel(client, true);
      client.data(id, 'first ');
      client.data(id, 'second', true);
      const answer = await client.answer(id);
      assert.equal(answer.body, 'first second');
      assert.equal(answer.ended, true);
      assert.equal(
        answer.fields.some(([name]) => name === 'upgrade' || name === 'connection'),
        false,
      );
    });

    it('a reset by the client ends the connection to the origin', async () => {
      const client = await open();
      const id = await tunnel(client, false);
      client.reset(id);
      await until(
        'closed connection',
        () => stand.origin.openWires,
        (count) => count === 0,
      );
    });

    it('what comes before the origin has agreed waits for it', async () => {
      const client = await open();
      const id = client.nextId();
      const reached = Promise.withResolvers<void>();
      const agree = Promise.withResolvers<void>();
      stand.origin.play(async (wire) => {
        const request = await readRequest(wire);
        reached.resolve();
        await agree.promise;
        assert.equal(wire.pending, '');
        wire.write(
          `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: ${acceptOf(field(request!, 'sec-websocket-key') ?? '')}\r\n\r\n`,
        );
        wire.write(await wire.readBytes(5));
        wire.end();
      });
      client.headers(id, connectFields, false);
      client.data(id, 'early');
      await reached.promise;
      await client.ping();
      agree.resolve();
      assert.equal((await client.answer(id)).body, 'early');
    });
  });

  it('works with the client of node:http2', async () => {
    stand.origin.respond(({ body }) => responseText(`got ${body.length}`));
    const session = connectHttp2(`https://127.0.0.1:${stand.node.port}`, { rejectUnauthorized: false });
    const bodies = await Promise.all(
      Array.from({ length: 20 }, async (_, index) => {
        const request = session.request({ ':method': 'POST', ':path': `/${index}` });
        request.end(Buffer.alloc(index * 10_000));
        request.setEncoding('latin1');
        let text = '';
        for await (const piece of request) text += String(piece);
        return text;
      }),
    );
    session.close();
    assert.deepEqual(
      bodies,
      bodies.map((_, index) => `got ${index * 10_000}`),
    );
  });

  it('a draining node finishes what it has begun, in two steps', async () => {
    const release = Promise.withResolvers<void>();
    stand.origin.respond(async (_request, wire) => {
      await release.promise;
      wire.write(responseText('finished'));
    });
    const client = await open();
    const id = client.request();
    await until(
      'request at the origin',
      () => stand.origin.requests.length,
      (count) => count === 1,
    );
    const stopped = stand.node.stop();
    const isGoaway = ({ type, payload }: { type: number; payload: Buffer }, last: number): boolean =>
      type === h2.GOAWAY && payload.readUInt32BE(0) === last;
    await client.frame('first GOAWAY', (frame) => isGoaway(frame, h2.STREAM_ID_MAX));
    await client.frame('second GOAWAY', (frame) => isGoaway(frame, id));
    const late = client.request();
    assert.equal((await client.answer(late)).reset, h2.REFUSED_STREAM);
    release.resolve();
    assert.equal((await client.answer(id)).body, 'finished');
    assert.equal(await client.goawayAndClose(), h2.NO_ERROR);
    // What was said to be the last stream stays it, or the client would not repeat the late request elsewhere.
    const named = client.frames
      .filter(({ type }) => type === h2.GOAWAY)
      .map(({ payload }) => payload.readUInt32BE(0));
    assert.deepEqual(named, [h2.STREAM_ID_MAX, id, id]);
    await stopped;
  });
});

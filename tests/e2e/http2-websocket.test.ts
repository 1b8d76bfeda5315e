/** WebSockets between HTTP/1.1 and HTTP/2, on either side of the node (RFC 8441): frames pass as they are. */
import assert from 'node:assert/strict';
import { connect as connectHttp2 } from 'node:http2';
import { after, afterEach, before, describe, it } from 'node:test';
import * as h2 from '../../src/http/http2/frame-types.ts';
import { webSocketAccept as acceptOf } from '../../src/http/websocket-accept.ts';
import { type Fields, Http2Client } from '../support/http2-client.ts';
import { fieldOf, Http2Origin } from '../support/http2-origin.ts';
import { field, readRequest, readResponse, responseText } from '../support/messages.ts';
import type { Settings } from '../support/node-config.ts';
import { Stand } from '../support/stand.ts';
import { until, within } from '../support/until.ts';
import type { Wire } from '../support/wire.ts';

const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';
/** A masked text frame, as clients send them, and one that is not, as servers do. */
const MASKED = '\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58';
const PLAIN = '\x81\x05Hello';
/** A close frame of status 1001. */
const GOING_AWAY = '\x88\x02\x03\xe9';

let stand: Stand;
let origin: Http2Origin;
const clients: Http2Client[] = [];
const ANNOUNCED = [[h2.SETTINGS_ENABLE_CONNECT_PROTOCOL, 1]] as const;

before(async () => {
  origin = await Http2Origin.start({ settings: ANNOUNCED });
  stand = await Stand.open({ workers: 1, settings: { sites: [] } });
});
afterEach(() => {
  for (const client of clients.splice(0)) client.close();
});
after(async () => {
  await stand.close();
  await origin.close();
});

function connectFields(more: Fields = []): Fields {
  return [
    [':method', 'CONNECT'],
    [':protocol', 'websocket'],
    [':scheme', 'https'],
    [':authority', 'chat.example'],
    [':path', '/chat?room=1'],
    ['sec-websocket-version', '13'],
    ['origin', 'https://chat.example'],
    ...more,
  ];
}

async function openClient(): Promise<Http2Client> {
  const client = await Http2Client.tls({ host: '127.0.0.1', port: stand.node.port });
  clients.push(client);
  return client;
}

/** A handshake by extended CONNECT; resolves once there is an answer. */
async function connectOver(client: Http2Client, more: Fields = []): Promise<number> {
  const id = client.nextId();
  client.headers(id, connectFields(more), false);
  await client.when('status', () => ((client.answers.get(id)?.status ?? 0) > 0 ? true : null));
  return id;
}

/** A handshake by Upgrade. */
async function upgrade(wire: Wire): Promise<void> {
  const lines = ['GET /chat?room=1 HTTP/1.1', 'Host: chat.example', 'Upgrade: websocket'];
  const key = [`Sec-WebSocket-Key: ${KEY}`, 'Sec-WebSocket-Version: 13', 'Connection: Upgrade'];
  wire.write(`${[...lines, ...key].join('\r\n')}\r\n\r\n`);
}

describe('a WebSocket of HTTP/2 to an origin of HTTP/1.1', () => {
  /** Accepts one handshake, and hands out the connection and what was asked. */
  function accept(lines = ''): Promise<{ wire: Wire; head: string }> {
    const opened = Promise.withResolvers<{ wire: Wire; head: string }>();
    stand.origin.play(async (wire) => {
      const request = await readRequest(wire);
      const key = field(request!, 'sec-websocket-key') ?? '';
      const head = `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n`;
      wire.write(`${head}Sec-WebSocket-Accept: ${acceptOf(key)}\r\n${lines}\r\n`);
      opened.resolve({ wire, head: [request!.startLine, ...request!.lines].join('\n') });
    });
    return within('handshake', opened.promise);
  }

  it('asks by Upgrade with a key of its own, and agrees without one', async () => {
    const opened = accept('Sec-WebSocket-Protocol: chat\r\n');
    const client = await openClient();
    const id = await connectOver(client, [['sec-websocket-protocol', 'chat, other']]);
    const { head } = await opened;
    assert.match(head, /^GET \/chat\?room=1 HTTP\/1\.1\n/);
    assert.match(head, /\nConnection: Upgrade\nUpgrade: websocket\n/);
    assert.match(head, /\nsec-websocket-key: [A-Za-z0-9+/]{22}==\n/);
    assert.match(head, /\nsec-websocket-protocol: chat, other\n/);
    assert.match(head, /\nVia: 2\.0 secbeat\n/);
    const answer = client.answers.get(id)!;
    assert.equal(answer.status, 200);
    assert.equal(fieldOf(answer, 'sec-websocket-protocol'), 'chat');
    for (const name of ['sec-websocket-accept', 'upgrade', 'connection']) {
      assert.equal(fieldOf(answer, name), null, name);
    }
  });

  it('passes frames with and without masks as they are', async () => {
    const opened = accept();
    const client = await openClient();
    const id = await connectOver(client);
    const { wire } = await opened;
    client.data(id, MASKED);
    assert.equal((await wire.readBytes(MASKED.length)).toString('latin1'), MASKED);
    wire.write(PLAIN);
    await client.when('frame', () => (client.answers.get(id)?.body === PLAIN ? true : null));
  });

  it('ends with the origin, and the origin with it', async () => {
    const opened = accept();
    const client = await openClient();
    const id = await connectOver(client);
    const { wire } = await opened;
    wire.write(GOING_AWAY);
    wire.end();
    const answer = await client.answer(id);
    assert.deepEqual([answer.body, answer.ended], [GOING_AWAY, true]);
    const again = accept();
    const second = await connectOver(client);
    const { wire: other } = await again;
    client.data(second, GOING_AWAY, true);
    assert.equal((await other.readToEnd()).toString('latin1'), GOING_AWAY);
  });

  it('may be silent for as long as its own site says', async () => {
    const origins = [{ url: `http://127.0.0.1:${stand.origin.port}` }];
    const http = { websocket_idle_timeout_seconds: 1 };
    await stand.node.reload({ sites: [{ name: 'chat', hosts: ['chat.example'], origins, http }] });
    const opened = accept();
    const client = await openClient();
    const id = await connectOver(client);
    await opened;
    const isReset = ({ type, streamId }: { readonly type: number; readonly streamId: number }): boolean =>
      type === h2.RST_STREAM && streamId === id;
    await client.when('end of the tunnel', () => client.frames.find(isReset) ?? null);
    await stand.node.reload({ sites: [] });
  });

  it('holds the origin back while the client reads slowly', async () => {
    const opened = accept();
    const client = await Http2Client.tls(
      { host: '127.0.0.1', port: stand.node.port },
      { settings: [[h2.SETTINGS_INITIAL_WINDOW_SIZE, 1000]] },
    );
    clients.push(client);
    const id = await connectOver(client);
    const { wire } = await opened;
    const flood = Buffer.alloc(1 << 16, 'x');
    let flowing = true;
    for (let count = 0; count < 1000 && flowing; count++) {
      flowing = wire.write(flood) || (await drained(wire));
    }
    assert.equal(flowing, false, 'at some time nobody takes any more');
    assert.equal(client.answers.get(id)?.body.length, 1000);
  });

  it('that the origin refuses gets the status and the words of the origin', async () => {
    stand.origin.respond(() => responseText('not today', {}, '403 Forbidden'));
    const client = await openClient();
    const id = await connectOver(client);
    const answer = await client.answer(id);
    assert.deepEqual([answer.status, answer.body], [403, 'not today']);
  });

  it('that the origin accepts wrongly is answered with 502', async () => {
    stand.origin.play(async (wire) => {
      await readRequest(wire);
      const head = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n';
      wire.write(`${head}Sec-WebSocket-Accept: ${acceptOf('other')}\r\n\r\n`);
    });
    const client = await openClient();
    const id = await connectOver(client);
    assert.equal((await client.answer(id)).status, 502);
  });

  it('works with the client of node:http2', async () => {
    const opened = accept();
    const session = connectHttp2(`https://127.0.0.1:${stand.node.port}`, { rejectUnauthorized: false });
    const enabled = Promise.withResolvers<void>();
    session.on('remoteSettings', ({ enableConnectProtocol }) => {
      if (enableConnectProtocol === true) enabled.resolve();
    });
    await within('settings', enabled.promise);
    const stream = session.request(
      { ':method': 'CONNECT', ':protocol': 'websocket', ':path': '/chat', 'sec-websocket-version': '13' },
      { endStream: false },
    );
    const echoed = Promise.withResolvers<string>();
    stream.on('data', (piece: Buffer) => echoed.resolve(piece.toString('latin1')));
    stream.write(Buffer.from(MASKED, 'latin1'));
    const { wire } = await opened;
    wire.write(await wire.readBytes(MASKED.length));
    assert.equal(await within('echo', echoed.promise), MASKED);
    stream.destroy();
    session.destroy();
  });
});

/** Whether the socket drains within a moment. */
async function drained(wire: Wire): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  wire.socket.once('drain', () => resolve(true));
  const timer = setTimeout(() => resolve(false), 500);
  return await promise.finally(() => clearTimeout(timer));
}

describe('a WebSocket to an origin of HTTP/2', () => {
  function site(): Settings {
    const upstream = { breaker: { enabled: false } };
    return { name: 'chat', upstream, origins: [{ url: `h2c://127.0.0.1:${origin.port}` }] };
  }

  async function setUp(settings: Http2Origin['settings'] = ANNOUNCED): Promise<void> {
    await stand.node.reload({ sites: [{ ...site(), name: 'other' }] });
    origin.settings = settings;
    origin.respond((peer, id) =>
      peer.headers(
        id,
        [
          [':status', '200'],
          ['sec-websocket-protocol', 'chat'],
        ],
        false,
      ),
    );
    await stand.node.reload({ sites: [site()] });
    origin.endAll();
    origin.peers.length = 0;
  }
  after(async () => await stand.node.reload({ sites: [] }));

  it('goes by extended CONNECT, and answers an Upgrade with 101', async () => {
    await setUp();
    const wire = await stand.connect();
    await upgrade(wire);
    const answer = await readResponse(wire);
    assert.equal(answer.startLine, 'HTTP/1.1 101 Switching Protocols');
    assert.equal(field(answer, 'sec-websocket-accept'), acceptOf(KEY));
    assert.equal(field(answer, 'sec-websocket-protocol'), 'chat');
    assert.equal(field(answer, 'upgrade'), 'websocket');
    const [request] = origin.requests;
    assert.deepEqual(request!.fields.slice(0, 5), [
      [':method', 'CONNECT'],
      [':protocol', 'websocket'],
      [':scheme', 'http'],
      [':path', '/chat?room=1'],
      [':authority', 'chat.example'],
    ]);
    assert.equal(fieldOf(request!, 'sec-websocket-version'), '13');
    for (const name of ['sec-websocket-key', 'upgrade', 'connection', 'host']) {
      assert.equal(fieldOf(request!, name), null, name);
    }
    const [peer] = origin.peers;
    wire.write(MASKED);
    await peer!.when('frame', () => (request!.body === MASKED ? true : null));
    peer!.data(1, PLAIN);
    assert.equal((await wire.readBytes(PLAIN.length)).toString('latin1'), PLAIN);
    peer!.data(1, GOING_AWAY, true);
    assert.equal((await wire.readToEnd()).toString('latin1'), GOING_AWAY);
  });

  it('connects clients of HTTP/2 too, and ends with them', async () => {
    await setUp();
    const client = await openClient();
    const id = await connectOver(client);
    const answer = client.answers.get(id)!;
    assert.equal(answer.status, 200);
    assert.equal(fieldOf(answer, 'sec-websocket-accept'), null);
    const [peer] = origin.peers;
    client.data(id, MASKED);
    await peer!.when('frame', () => (origin.requests[0]?.body === MASKED ? true : null));
    peer!.data(1, PLAIN);
    await client.when('frame', () => (answer.body === PLAIN ? true : null));
    client.reset(id);
    await peer!.frame('reset', ({ type, streamId }) => type === h2.RST_STREAM && streamId === 1);
  });

  it('that the origin refuses gets its status', async () => {
    await setUp();
    origin.respond((peer, id) => {
      peer.headers(id, [[':status', '403']], false);
      peer.data(id, 'not today', true);
    });
    const wire = await stand.connect();
    await upgrade(wire);
    const answer = await readResponse(wire);
    assert.deepEqual([answer.status, answer.body.toString()], [403, 'not today']);
  });

  it('that does not announce extended CONNECT is answered with 502', async () => {
    await setUp([]);
    for (let count = 0; count < 2; count++) {
      const wire = await stand.connect();
      await upgrade(wire);
      assert.equal((await readResponse(wire)).status, 502);
    }
    assert.equal(origin.requests.length, 0);
  });

  it('is closed with 1001 when the node goes', async () => {
    await setUp();
    const wire = await stand.connect();
    await upgrade(wire);
    await readResponse(wire);
    await until(
      'tunnel',
      () => origin.requests.length,
      (count) => count === 1,
    );
    const restarted = stand.restart('stop');
    assert.equal((await wire.readToEnd()).toString('latin1'), GOING_AWAY);
    await restarted;
  });
});
